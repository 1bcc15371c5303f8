// The part of a release that uses GitHub's REST API; each command is a job of .github/workflows/release.yml.
//   release-github.mjs on-main             fails if the commit is not on the default branch
//   release-github.mjs draft FOLDER NOTES  a draft release with every file of FOLDER
//   release-github.mjs publish FOLDER      publishes the draft once it contains exactly those bytes, and requires it to be immutable
//   release-github.mjs move-major          moves vX to the commit of a release that is published and immutable
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SHA, GH_TOKEN, RELEASE_TAG: tag = '' } = process.env;
const [name = '', ...args] = process.argv.slice(2);
const commands = { 'on-main': onMain, draft, publish, 'move-major': moveMajor };
try {
  if (!Object.hasOwn(commands, name))
    throw new Error(`there is no command ${JSON.stringify(name)}; expected ${Object.keys(commands).join(', ')}`);
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) throw new Error(`RELEASE_TAG is ${JSON.stringify(tag)}; expected vX.Y.Z`);
  console.log(await commands[name](...args));
} catch (error) {
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}

async function onMain() {
  const { default_branch: branch } = await call('GET', '');
  const { status } = await call('GET', `/compare/${branch}...${GITHUB_SHA}`);
  if (status !== 'identical' && status !== 'behind')
    throw new Error(`${tag} is not on ${branch} (${status}); expected a commit that was merged`);
  return `${tag} is on ${branch}`;
}

async function draft(folder, notesFile) {
  const known = await find();
  if (known !== undefined && !known.draft) throw new Error(`${tag} is published already; expected a new version`);
  // A draft of an earlier, failed run is created again: its files may be of that run.
  if (known !== undefined) await call('DELETE', `/releases/${known.id}`);
  const release = await call('POST', '/releases', {
    tag_name: tag,
    target_commitish: GITHUB_SHA,
    name: tag,
    body: readFileSync(notesFile, 'utf8'),
    draft: true,
    prerelease: false,
  });
  const upload = release.upload_url.replace(/\{.*\}$/, '');
  for (const file of readdirSync(folder).toSorted())
    await send('POST', `${upload}?name=${encodeURIComponent(file)}`, readFileSync(path.join(folder, file)));
  return `drafted ${tag}`;
}

async function publish(folder) {
  const release = await find();
  if (release === undefined) throw new Error(`there is no release for ${tag}; expected the draft`);
  const assets = new Map(release.assets.map((asset) => [asset.name, asset.digest]));
  const files = readdirSync(folder).toSorted();
  for (const file of files) {
    const digest = `sha256:${createHash('sha256')
      .update(readFileSync(path.join(folder, file)))
      .digest('hex')}`;
    if (assets.get(file) !== digest)
      throw new Error(`${file} of the draft is ${assets.get(file) ?? 'missing'}; expected ${digest}, which was attested`);
  }
  if (assets.size !== files.length)
    throw new Error(`the draft contains ${[...assets.keys()].join(', ')}; expected only ${files.join(', ')}`);
  if (release.draft) await call('PATCH', `/releases/${release.id}`, { draft: false, make_latest: 'true' });
  requireImmutable(await call('GET', `/releases/tags/${tag}`));
  return `published ${tag}`;
}

/** `vX` is what users without a pin run: it must not point to anything that can still change. */
async function moveMajor() {
  requireImmutable(await call('GET', `/releases/tags/${tag}`));
  const { sha } = await call('GET', `/commits/${tag}`);
  if (sha !== GITHUB_SHA) throw new Error(`${tag} is ${sha}; expected ${GITHUB_SHA}, which was released`);
  const major = tag.split('.')[0];
  const known = await call('GET', `/git/matching-refs/tags/${major}`);
  if (known.some(({ ref }) => ref === `refs/tags/${major}`)) {
    // A job that is run again after a newer release must not move users back.
    const { status } = await call('GET', `/compare/${major}...${sha}`);
    if (status !== 'ahead' && status !== 'identical')
      throw new Error(`${major} is not behind ${tag} (${status}); expected to move it forward`);
    await call('PATCH', `/git/refs/tags/${major}`, { sha, force: true });
  } else await call('POST', '/git/refs', { ref: `refs/tags/${major}`, sha });
  return `${major} is ${sha}`;
}

function requireImmutable({ draft: isDraft, immutable }) {
  if (isDraft === false && immutable === true) return;
  throw new Error(
    `${tag} is not an immutable release; switch on "Enable release immutability" in the repository's settings, and release the next version`,
  );
}

/** By the list, since a draft has no tag that the API would find. */
async function find() {
  const releases = await call('GET', '/releases?per_page=100');
  return releases.find((release) => release.tag_name === tag);
}

function call(method, route, body) {
  return send(
    method,
    `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${route}`,
    body === undefined ? undefined : JSON.stringify(body),
  );
}

async function send(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${GH_TOKEN}`,
      'x-github-api-version': '2022-11-28',
      ...(body !== undefined && { 'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream' }),
    },
    ...(body !== undefined && { body }),
    redirect: 'error', // a redirect would take the token elsewhere
    signal: AbortSignal.timeout(120_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}
