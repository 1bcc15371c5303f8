/** Where data about the exploitation of vulnerabilities comes from. */
export interface RiskSource {
  /** Of the publisher or a mirror. */
  readonly url?: string;
  /** Used instead of a URL: relative to the trusted copy of the workspace, or absolute and outside of the repository. */
  readonly file?: string;
  /** Duration: older data is not used. */
  readonly maxAge: string;
}

export const riskNames = ['kev', 'epss'] as const;
export type RiskName = (typeof riskNames)[number];

export const riskTitles: Readonly<Record<RiskName, string>> = {
  kev: 'entries of KEV (known exploited vulnerabilities)',
  epss: 'EPSS scores',
};

/**
 * The publishers. EPSS redirects to the file of the day: https://www.cisa.gov/known-exploited-vulnerabilities-catalog, https://www.first.org/epss/data_stats
 */
export const defaultRisk: Readonly<Record<RiskName, RiskSource>> = {
  kev: { url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json', maxAge: '14d' },
  epss: { url: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz', maxAge: '7d' },
};

export interface RiskConfig {
  /** All sources with their defaults, also of data that is not needed. */
  readonly sources: Readonly<Record<RiskName, RiskSource>>;
  /** Loaded: a condition of the severity policy needs it, or the configuration names it. */
  readonly wanted: readonly RiskName[];
  /** A condition of the severity policy needs it. */
  readonly needed: readonly RiskName[];
}

/** By CVE id. A list that could not be read is absent. */
export interface RiskData {
  readonly kev?: ReadonlyMap<string, ExploitedVulnerability>;
  /** Scores from 0 to 1, of vulnerabilities of this run. */
  readonly epss?: ReadonlyMap<string, number>;
}
export interface ExploitedVulnerability {
  /** The day on which it was listed: `2026-03-01`. */
  readonly since: string;
  readonly ransomware: boolean;
}

/** Data that a verdict was reached with. */
export interface UsedData {
  readonly name: RiskName;
  /** When its publisher released it. */
  readonly released: string;
  /** `sha256:…` of the file. */
  readonly digest: string;
}
