/** https://semver.org, with the `v` and the missing parts that Helm accepts. */
const pattern = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

export function isVersion(text: string): boolean {
  return pattern.test(text);
}

/** Whether it has all three numbers, so that it names one version. */
export function isExact(text: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(text);
}

/** What the characters of a range are; with anything else Helm is not asked. */
export function isRange(text: string): boolean {
  return /^[\w\s.,<>=!~^|*+-]{1,200}$/.test(text);
}

/** Negative if the first is the older one: https://semver.org/#spec-item-11 */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [pattern.exec(one), pattern.exec(other)];
  for (const index of [1, 2, 3]) {
    const difference = Number(a?.[index] ?? 0) - Number(b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePrereleases(a?.[4], b?.[4]);
}

/** A version without one is newer. */
function comparePrereleases(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  const [a, b] = [one.split('.'), other.split('.')];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    const difference =
      isNumber && isOtherNumber
        ? Number(left) - Number(right)
        : isNumber !== isOtherNumber
          ? isNumber
            ? -1
            : 1
          : order(left, right);
    if (difference !== 0) return difference;
  }
  return 0;
}

function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Which of the versions are in a range, by Helm's own rules. Throws for an invalid range. */
export type Satisfies = (range: string, versions: readonly string[]) => Promise<readonly boolean[]>;

/** As Helm chooses: the version as it is written, else the newest in the range. Undefined if there is none. */
export async function choose(version: string, all: readonly string[], satisfies: Satisfies): Promise<string | undefined> {
  if (version !== '' && all.includes(version)) return version;
  const range = version === '' ? '*' : version;
  const versions = all.filter(isVersion).toSorted((one, other) => compareVersions(other, one));
  if (!isRange(range) || versions.length === 0) return undefined;
  const fits = await satisfies(range, versions);
  return versions.find((_version, index) => fits[index] === true);
}
