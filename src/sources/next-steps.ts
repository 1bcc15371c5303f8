/** What a reader can do about something that was not fetched. */
export const vendor = 'commit the chart (`helm pull --untar`), or waive gate/not-evaluated for it';

export function allowHost(host: string): string {
  return `Add ${host} to \`sources.allow\` of .k8s-gate.yaml on the base branch, ${vendor}.`;
}

export function reachHost(host: string): string {
  return `Let the runner reach ${host} (through HTTPS_PROXY, or a mirror under \`sources.mirrors\` of .k8s-gate.yaml), ${vendor}.`;
}

export const correct = `Correct the name or the version, ${vendor}.`;
export const fillCache = `Run once with \`sources.offline: false\` to fill the cache, configure a mirror under \`sources.mirrors\`, ${vendor}.`;
export const useHttps = `Use an https or oci address, configure a mirror under \`sources.mirrors\` of .k8s-gate.yaml, ${vendor}.`;
export const publisher = `Report it to the chart’s publisher, ${vendor}.`;
