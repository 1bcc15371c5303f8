import { textsIn } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { type Entry, type Imported, type Mandatory, reasonOf } from './entry.ts';

/**
 * `.trivyignore` (`CVE-2023-1 exp:2027-01-31`, one per line) and `.trivyignore.yaml` as waivers.
 * https://trivy.dev/docs/latest/configuration/filtering/#trivyignore
 */
export function importTrivyIgnore(text: string, file: string, target: string, given: Mandatory): Imported {
  const wanted = /\.ya?ml$/i.test(file) ? fromYaml(text, file) : fromLines(text, file);
  const entries: Entry[] = [];
  const skipped: string[] = [];
  for (const ignored of wanted) {
    const why = refusal(ignored, given);
    if (why !== undefined) {
      skipped.push(`${ignored.where}: ${ignored.id}: ${why}`);
      continue;
    }
    const expires = ignored.expires !== undefined && ignored.expires < given.expires ? ignored.expires : given.expires;
    const rest = { rule: `trivy/${ruleOf(ignored.id)}`, reason: reasonOf(ignored.statement, given), owner: given.owner, expires };
    const targets = ignored.paths.length > 0 ? ignored.paths : [target];
    entries.push(...targets.map((one) => ({ ...rest, target: one })));
  }
  return { entries, skipped };
}

interface Ignored {
  readonly id: string;
  readonly where: string;
  readonly section: string;
  readonly expires?: string;
  readonly statement?: string;
  readonly paths: readonly string[];
  readonly purls: boolean;
}

function refusal(ignored: Ignored, { today }: Mandatory): string | undefined {
  if (!/^[A-Za-z0-9][\w.:-]+$/.test(ignored.id)) return 'is not a single rule';
  if (ignored.section === 'licenses') return 'the gate has no findings about licenses';
  if (ignored.purls) return 'only for some packages, which needs a VEX document instead of a waiver';
  if (ignored.section !== 'misconfigurations' && ignored.paths.length > 0) return 'only for some files of an image';
  if (ignored.expires !== undefined && ignored.expires < today) return `expired on ${ignored.expires}`;
  return undefined;
}

/** Checks of Kubernetes manifests have had three id formats: KSV017, AVD-KSV-0017 and, today, KSV-0017. */
function ruleOf(id: string): string {
  const number = /^(?:AVD-)?KSV-?(\d+)$/i.exec(id)?.[1];
  return number === undefined ? id : `KSV-${String(Number(number)).padStart(4, '0')}`;
}

function fromLines(text: string, file: string): readonly Ignored[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const [id, ...rest] = (line.split('#')[0] ?? '').split(/\s+/).filter((word) => word !== '');
    if (id === undefined) return [];
    const expires = rest.find((word) => word.startsWith('exp:'))?.slice(4);
    const common = { id, where: `${file}:${index + 1}`, section: '', paths: [], purls: false };
    return [{ ...common, ...(expires !== undefined && { expires }) }];
  });
}

function fromYaml(text: string, file: string): readonly Ignored[] {
  return parseYaml({ file, text, errorCode: 'CONFIG_INVALID' }).flatMap((document) => {
    const root = document.value;
    if (!isObject(root)) return [];
    return Object.entries(root).flatMap(([section, list]) =>
      (isArray(list) ? list : []).flatMap((item, index) => {
        if (!isObject(item) || typeof item.id !== 'string') return [];
        const where = `${file}:${document.locate([section, index]).line}`;
        return [ofItem(item, item.id, section, where)];
      }),
    );
  });
}

function ofItem(item: JsonObject, id: string, section: string, where: string): Ignored {
  const { expired_at: expires, statement } = item;
  return {
    id,
    where,
    section,
    ...(typeof expires === 'string' && { expires: expires.slice(0, 10) }),
    ...(typeof statement === 'string' && { statement }),
    paths: textsIn(item.paths),
    purls: textsIn(item.purls).length > 0,
  };
}
