export const id = 789;
export const ids = [789];
export const modules = {

/***/ 5789:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createGitHub: () => (/* binding */ createGitHub)
});

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./lib/model/github-error.js
var github_error = __webpack_require__(5425);
// EXTERNAL MODULE: ./lib/ports/console-log.js
var console_log = __webpack_require__(2522);
// EXTERNAL MODULE: ./lib/ports/system-error.js
var system_error = __webpack_require__(4496);
;// CONCATENATED MODULE: ./lib/ports/github-errors.js



/**
 * What octokit threw, as a GitHubError.
 * @param tried Completes `could not ...`: `list the comments of #7`.
 */
function toGitHubError(tried, thrown, { token, timeoutMs }) {
    const fail = (kind, reason, options = {}) => new github_error/* GitHubError */.y(kind, github_errors_short(`could not ${tried}: ${reason}`, token), options);
    if (thrown instanceof github_error/* GitHubError */.y)
        return fail(thrown.kind, thrown.message, thrown.status === undefined ? {} : { status: thrown.status });
    const answer = answerOf(thrown);
    // The error itself is no cause: it holds the whole request.
    if (answer !== undefined)
        return fail(kindOf(answer), `HTTP ${answer.status}${answer.said === undefined ? '' : `: ${answer.said}`}`, {
            status: answer.status,
        });
    const cause = thrown instanceof Error ? thrown.cause : undefined;
    if (cause instanceof Error && cause.name === 'TimeoutError')
        return fail('unavailable', `no answer within ${timeoutMs / 1_000} s`);
    // octokit gives what fetch threw the status 500, without a response.
    if (isObject(thrown) && 'status' in thrown && cause !== undefined)
        return fail('unavailable', (0,system_error/* systemCode */.xU)(cause) === undefined ? (0,system_error/* whyNot */.OB)(thrown) : (0,system_error/* whyNot */.OB)(cause), { cause });
    return fail('unexpected', (0,system_error/* whyNot */.OB)(thrown), { cause: thrown });
}
function answerOf(thrown) {
    if (!isObject(thrown) || !('status' in thrown) || typeof thrown.status !== 'number')
        return undefined;
    if (!('response' in thrown) || !isObject(thrown.response))
        return undefined;
    const { response } = thrown;
    const headers = 'headers' in response && isObject(response.headers) ? { ...response.headers } : {};
    return { status: thrown.status, headers, said: 'data' in response ? messageOf(response.data) : undefined };
}
/** A body that is no object is a page of HTML: nothing for a log. */
function messageOf(data) {
    if (!isObject(data) || !('message' in data) || typeof data.message !== 'string')
        return undefined;
    const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors : [];
    return [data.message, ...errors.map((error) => (typeof error === 'string' ? error : JSON.stringify(error)))].join('; ');
}
const kinds = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    410: 'gone',
    422: 'invalid',
    429: 'rate-limited',
};
function kindOf({ status, headers, said = '' }) {
    if (status >= 500)
        return 'unavailable';
    // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    const limited = /rate limit/i.test(said) || headers['retry-after'] !== undefined;
    if (status === 403 && limited)
        return 'rate-limited';
    return kinds[status] ?? 'unexpected';
}
function isObject(value) {
    return typeof value === 'object' && value !== null;
}
const maxMessage = 400;
/** One line for a log; what a server echoes back may hold the token. */
function github_errors_short(text, token) {
    const line = (0,console_log/* safeText */.H)((token === '' ? text : text.replaceAll(token, '***')).replace(/\s+/g, ' '));
    return line.length <= maxMessage ? line : `${line.slice(0, maxMessage - 1)}…`;
}

;// CONCATENATED MODULE: ./lib/ports/github-shapes.js

function toComment(comment) {
    return { id: comment.id, author: comment.user?.login ?? '', body: comment.body ?? '', url: comment.html_url };
}
function toCheckRun(run) {
    return { id: run.id, url: run.html_url ?? run.url };
}
function toPull(pull) {
    const { head, base } = pull;
    return {
        number: pull.number,
        author: pull.user?.login ?? '',
        fromFork: head.repo === null || head.repo.id !== base.repo?.id,
        baseRef: base.ref,
        headSha: head.sha,
        ...(head.repo === null ? {} : { headRepository: head.repo.full_name }),
        baseSha: base.sha,
        open: pull.state === 'open',
    };
}
/** What creating and updating have in common. Fields that are not given stay as they are. */
function checkFields({ status, conclusion, detailsUrl, externalId, output }) {
    return {
        ...(status === undefined ? {} : { status }),
        ...(conclusion === undefined ? {} : { conclusion }),
        ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }),
        ...(externalId === undefined ? {} : { external_id: externalId }),
        ...(output === undefined ? {} : { output: outputFields(output) }),
    };
}
function outputFields({ title, summary, text, annotations }) {
    return {
        title,
        summary,
        ...(text === undefined ? {} : { text }),
        annotations: annotations.map((annotation) => ({
            path: annotation.path,
            start_line: annotation.startLine,
            end_line: annotation.endLine,
            ...(annotation.startColumn === undefined ? {} : { start_column: annotation.startColumn }),
            ...(annotation.endColumn === undefined ? {} : { end_column: annotation.endColumn }),
            annotation_level: annotation.level,
            title: annotation.title,
            message: annotation.message,
        })),
    };
}
function reviewComment({ path, line, startLine, body }) {
    const start = startLine === undefined || startLine === line ? {} : { start_line: startLine, start_side: 'RIGHT' };
    return { path, line, side: 'RIGHT', ...start, body };
}
/** A folder, a submodule or a dangling link has no text. */
function contentOf(data) {
    if (!('type' in data) || data.type !== 'file' || !('content' in data) || typeof data.content !== 'string')
        return undefined;
    // Past 1 MB GitHub leaves the content out: https://docs.github.com/en/rest/repos/contents#get-repository-content
    if (!('encoding' in data) || data.encoding !== 'base64')
        throw new github_error/* GitHubError */.y('unexpected', 'the file is larger than 1 MB');
    return Buffer.from(data.content, 'base64').toString('utf8');
}

// EXTERNAL MODULE: ./node_modules/@actions/github/lib/github.js + 20 modules
var github = __webpack_require__(2270);
// EXTERNAL MODULE: ./node_modules/@octokit/plugin-retry/dist-bundle/index.js
var dist_bundle = __webpack_require__(9735);
// EXTERNAL MODULE: ./node_modules/@octokit/plugin-throttling/dist-bundle/index.js
var plugin_throttling_dist_bundle = __webpack_require__(6856);
;// CONCATENATED MODULE: ./lib/ports/octokit-client.js




const defaultTiming = { timeoutMs: 30_000, secondMs: 1_000 };
/** A job costs money while it waits: a limit that holds for longer is a failure. */
const longestWaitS = 60;
const waitsForLimit = 2;
const clientErrors = Array.from({ length: 100 }, (_, index) => 400 + index);
let clients = 0;
/**
 * octokit with retries: 5xx, timeouts and broken connections three times, after 1, 4 and 9 s; limits as long as GitHub asks, within reason;
 * no other 4xx. https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
function createOctokit({ token, apiUrl, userAgent, log, timing = defaultTiming }) {
    const mayWait = (limit, extraS) => (seconds, _options, _octokit, waits) => {
        const wait = seconds <= longestWaitS + extraS && waits < waitsForLimit;
        log.info(`GitHub's ${limit} rate limit is reached; it ends in ${seconds} s${wait ? ', waiting' : ''}`);
        return wait;
    };
    const options = {
        baseUrl: apiUrl.replace(/\/+$/, ''),
        userAgent,
        log: quiet(log),
        retry: { doNotRetry: clientErrors, retries: 3, retryAfterBaseValue: timing.secondMs },
        throttle: {
            // The plugin shares its queues among all clients with the same id.
            id: `k8s-gate-${++clients}`,
            retryAfterBaseValue: timing.secondMs,
            onRateLimit: mayWait('primary', 1), // the plugin adds a second
            onSecondaryRateLimit: mayWait('secondary', 0),
            ...timing.pacing,
        },
    };
    // The first plugin is the innermost: its deadline is for one attempt.
    return (0,github/* getOctokit */.Q)(token, options, attempt(timing.timeoutMs, log), dist_bundle/* retry */.L, plugin_throttling_dist_bundle/* throttling */.A);
}
/** One attempt: with a deadline, the whole answer read, and nothing but JSON taken for one. */
function attempt(timeoutMs, log) {
    return (octokit) => {
        const send = octokit.request.endpoint.DEFAULTS.request?.fetch ?? fetch; // @actions/github's own, which knows proxies
        const whole = async (input, init) => {
            const answer = await send(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
            if ([204, 205, 304].includes(answer.status))
                return answer;
            // octokit takes a body that broke off for an empty one, and pagination takes that for an empty list.
            const { status, headers } = answer;
            return new Response(await answer.arrayBuffer(), { status, headers: [...headers] });
        };
        octokit.hook.wrap('request', async (request, options) => {
            // Changed in place: a hook's copy of the options goes nowhere (before-after-hook binds the first ones).
            options.headers['x-github-api-version'] = '2022-11-28';
            Object.assign(options.request, { fetch: whole, log: quiet(log) });
            const answer = await Promise.resolve(request(options)).catch(refuseConflict);
            if (answer.status === 204 || (typeof answer.data === 'object' && answer.data !== null))
                return answer;
            throw new github_error/* GitHubError */.y('unexpected', `HTTP ${answer.status} with a body that is no JSON; a proxy's page?`, {
                status: answer.status,
            });
        });
        return {};
    };
}
/** octokit's pagination takes an error with the status 409 for an empty list. */
function refuseConflict(thrown) {
    if (thrown instanceof Error && 'status' in thrown && thrown.status === 409)
        throw new github_error/* GitHubError */.y('unexpected', 'HTTP 409');
    throw thrown;
}
/** octokit warns on the console, with text from outside, where it is given no log. */
function quiet(log) {
    const say = (text) => log.debug(text);
    return { debug: say, info: say, warn: say, error: say };
}

;// CONCATENATED MODULE: ./lib/ports/octokit-github.js





/** Who a job's own token is. */
const actionsBot = 'github-actions[bot]';
const perPage = 100;
/** Pages of open pull requests, newest change first: 40 calls a run are plenty. */
const maxPullPages = 10;
/**
 * GitHub over its REST API. A request whose answer was lost is sent again, so that a comment may stand there twice: who writes comments
 * finds its own by a marker and removes the second one. Check runs and reviews nobody could take back, so these are looked up first.
 */
function createGitHub(settings) {
    const { token, log, timing = defaultTiming } = settings;
    const [owner = '', repo = ''] = settings.repository.split('/');
    const here = { owner, repo };
    const octokit = createOctokit(settings);
    const { checks, codeScanning, issues, pulls, repos } = octokit.rest;
    const trying = async (tried, call) => {
        try {
            return await call();
        }
        catch (thrown) {
            throw toGitHubError(tried, thrown, { token, timeoutMs: timing.timeoutMs });
        }
    };
    /** Writes what must not stand there twice: after a lost answer it looks for what it wrote before it writes again. */
    const writeOnce = async (tried, write, find) => {
        for (const pauseS of [1, 4, 9]) {
            try {
                return await trying(tried, write);
            }
            catch (thrown) {
                if (!(thrown instanceof github_error/* GitHubError */.y) || thrown.kind !== 'unavailable')
                    throw thrown;
                log.debug(`${thrown.message}; looking whether it was done`);
            }
            await (0,promises_.setTimeout)(pauseS * timing.secondMs);
            const found = await trying(tried, find);
            if (found !== undefined)
                return found;
        }
        return trying(tried, write);
    };
    const askViewer = async () => {
        try {
            const { viewer } = await octokit.graphql('{ viewer { login } }');
            return viewer.login;
        }
        catch (thrown) {
            const { message } = toGitHubError('ask whose token this is', thrown, { token, timeoutMs: timing.timeoutMs });
            log.debug(`${message}; taking ${actionsBot}`);
            return actionsBot;
        }
    };
    let viewer;
    const viewerLogin = () => {
        viewer ??= askViewer();
        return viewer;
    };
    return {
        viewer: viewerLogin,
        listComments: (issue) => trying(`list the comments of #${issue}`, async () => {
            const all = await octokit.paginate(issues.listComments, { ...here, issue_number: issue, per_page: perPage });
            return all.map(toComment);
        }),
        createComment: (issue, body) => trying(`comment on #${issue}`, async () => toComment((await issues.createComment({ ...here, issue_number: issue, body })).data)),
        updateComment: (id, body) => trying(`update comment ${id}`, async () => toComment((await issues.updateComment({ ...here, comment_id: id, body })).data)),
        deleteComment: (id) => trying(`delete comment ${id}`, async () => void (await issues.deleteComment({ ...here, comment_id: id }))),
        createCheckRun: (check) => {
            const { name, headSha, externalId } = check;
            return writeOnce(`create the check run ${name}`, async () => toCheckRun((await checks.create({ ...here, ...checkFields(check), name, head_sha: headSha, request: { retries: 0 } })).data), async () => {
                if (externalId === undefined)
                    return undefined; // nothing tells it from an earlier run's
                const { data } = await checks.listForRef({ ...here, ref: headSha, check_name: name, filter: 'all', per_page: perPage });
                const found = data.check_runs.find((run) => run.external_id === externalId);
                return found === undefined ? undefined : toCheckRun(found);
            });
        },
        updateCheckRun: (id, check) => trying(`update check run ${id}`, async () => toCheckRun((await checks.update({ ...here, ...checkFields(check), check_run_id: id })).data)),
        pullRequest: (number) => trying(`read pull request #${number}`, async () => toPull((await pulls.get({ ...here, pull_number: number })).data)),
        // Not /commits/{sha}/pulls: it finds nothing for commits of forks, which stand in another repository.
        pullRequestsOf: (headSha) => trying(`find the pull request of ${headSha}`, async () => {
            let pages = 0;
            const query = { ...here, state: 'open', sort: 'updated', direction: 'desc', per_page: perPage };
            const open = await octokit.paginate(pulls.list, query, ({ data }, done) => {
                if (++pages >= maxPullPages)
                    done();
                return data.filter(({ head }) => head.sha === headSha);
            });
            return open.map(toPull);
        }),
        pullRequestFiles: (number) => trying(`list the files of #${number}`, async () => {
            const all = await octokit.paginate(pulls.listFiles, { ...here, pull_number: number, per_page: perPage });
            return all.map(({ filename, status, patch }) => ({ path: filename, status, ...(patch === undefined ? {} : { patch }) }));
        }),
        listReviewComments: (number) => trying(`list the review comments of #${number}`, async () => {
            const all = await octokit.paginate(pulls.listReviewComments, { ...here, pull_number: number, per_page: perPage });
            return all.map(({ id, user, path, body, line, side }) => ({
                id,
                author: user?.login ?? '',
                path,
                body,
                // A line of the left side is one of the base.
                ...(typeof line === 'number' && side !== 'LEFT' ? { line } : {}),
            }));
        }),
        createReview: (number, review) => writeOnce(`review #${number}`, async () => {
            const comments = review.comments.map(reviewComment);
            const { commitSha: commit_id, body } = review;
            await pulls.createReview({
                ...here,
                pull_number: number,
                event: 'COMMENT',
                commit_id,
                body,
                comments,
                request: { retries: 0 },
            });
            return true;
        }, async () => {
            const me = await viewerLogin();
            const all = await octokit.paginate(pulls.listReviews, { ...here, pull_number: number, per_page: perPage });
            const mine = ({ user, body, commit_id }) => user?.login === me && body === review.body && commit_id === review.commitSha;
            return all.some(mine) || undefined;
        }).then(() => undefined),
        fileAt: async (path, sha) => {
            if (/^\.{0,2}$/.test(path))
                return undefined; // would change the address
            try {
                return await trying(`read ${path} at ${sha}`, async () => {
                    const { data } = await repos.getContent({ ...here, path, ref: sha });
                    return contentOf(data);
                });
            }
            catch (thrown) {
                if (thrown instanceof github_error/* GitHubError */.y && thrown.kind === 'not-found')
                    return undefined;
                throw thrown;
            }
        },
        uploadSarif: ({ commitSha, ref, sarif }) => trying('upload the SARIF report', async () => {
            const { data } = await codeScanning.uploadSarif({ ...here, commit_sha: commitSha, ref, sarif });
            return { id: data.id ?? '' };
        }),
    };
}


/***/ })

};
