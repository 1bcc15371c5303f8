const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in the configuration: `90s`, `10m`, `72h`, `7d`. */
export const durationPattern = /^([1-9]\d{0,5})([smhd])$/;

/** The duration in milliseconds; undefined for invalid text, so that a typo never becomes a default. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  const unit = units[match?.[2] ?? ''];
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unit;
}
