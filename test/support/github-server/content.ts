import { gunzipSync } from 'node:zlib';
import { notFound, Refusal, type Routes } from './api.ts';

/** Past this the content is left out: https://docs.github.com/en/rest/repos/contents#get-repository-content */
const inlineBytes = 1_000_000;

export const contentRoutes: Routes = {
  'GET /repos/{owner}/{repo}/contents/{path}': {
    answer: ({ repository, path, query }) => {
      const name = path.path ?? '';
      const found = repository.files.get(`${query.ref}:${name}`);
      if (found === undefined) throw notFound();
      if (typeof found === 'object')
        return { status: 200, body: found.kind === 'folder' ? [] : { type: found.kind, path: name } };
      const bytes = Buffer.from(found);
      const inline = bytes.length <= inlineBytes;
      // GitHub breaks base64 into lines.
      const content = inline ? bytes.toString('base64').replace(/.{60}/g, '$&\n') : '';
      return {
        status: 200,
        body: { type: 'file', encoding: inline ? 'base64' : 'none', size: bytes.length, name, path: name, content },
      };
    },
  },
  'GET /repos/{owner}/{repo}/attestations/{subject_digest}': {
    answer: ({ repository, path, query }) => {
      const found = repository.attestations.filter(
        ({ digest, predicateType }) =>
          digest === path.subject_digest && [undefined, predicateType].includes(query.predicate_type),
      );
      if (found.length === 0) throw notFound();
      const attestations = found.map(({ bundle, bundleUrl = '' }) => ({
        repository_id: repository.id,
        bundle_url: bundleUrl,
        initiator: 'user',
        ...(bundle && { bundle }),
      }));
      return { status: 200, body: { attestations } };
    },
  },
  'POST /repos/{owner}/{repo}/code-scanning/sarifs': {
    needs: ['security-events'],
    answer: ({ repository, body }) => {
      const sarif = String(body.sarif);
      try {
        JSON.parse(gunzipSync(Buffer.from(sarif, 'base64')).toString('utf8'));
      } catch {
        throw new Refusal(400, 'Bad Request: sarif is not gzipped JSON');
      }
      const id = `sarif-${repository.sarifs.length + 1}`;
      repository.sarifs.push({ id, commitSha: String(body.commit_sha), ref: String(body.ref), sarif });
      return { status: 202, body: { id, url: `https://github.example/sarifs/${id}` } };
    },
  },
};
