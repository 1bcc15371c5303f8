import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
const Profile = z.object({
  nodes: z.array(
    z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }) }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** Functions by the time spent in themselves, from what `node --cpu-prof` left in a folder; the main thread's profile is the longest. */
export function topFunctions(folder: string, count: number): readonly string[] {
  const profiles = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => Profile.parse(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))));
  const [profile] = profiles.toSorted((a, b) => b.samples.length - a.samples.length);
  if (profile === undefined) return ['node left no profile'];
  return selfTimes(profile)
    .slice(0, count)
    .map(({ name, ms, share }) => `${ms.toFixed(0).padStart(6)} ms  ${(share * 100).toFixed(0).padStart(3)}%  ${name}`);
}

interface SelfTime {
  readonly name: string;
  readonly ms: number;
  readonly share: number;
}

export function selfTimes(profile: z.infer<typeof Profile>): readonly SelfTime[] {
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node.callFrame)]));
  const spent = new Map<string, number>();
  for (const [index, sample] of profile.samples.entries()) {
    const name = names.get(sample) ?? '(unknown)';
    spent.set(name, (spent.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  }
  const busy = [...spent].filter(([name]) => name !== '(idle)');
  const total = busy.reduce((sum, [, ms]) => sum + ms, 0);
  return busy.map(([name, ms]) => ({ name, ms, share: ms / total })).toSorted((a, b) => b.ms - a.ms);
}

function nameOf({ functionName, url, lineNumber }: { functionName: string; url: string; lineNumber: number }): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${path.basename(url)}:${lineNumber + 1}`;
}
