import type { ScalarTag, Tags } from 'yaml';

/**
 * The tags of Kubernetes' YAML reader (sigs.k8s.io/yaml on go-yaml): YAML 1.1 without timestamps and base-60 numbers, plus the
 * 1.2 octal `0o10`, and `!!binary` kept as text. Each difference from `yaml`'s own 1.1 set is one that was measured to change a value.
 */
export function kubernetesTags(tags: Tags): Tags {
  const kept = tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      !(tag.tag === 'tag:yaml.org,2002:timestamp' || isSexagesimal(tag) || tag.tag === 'tag:yaml.org,2002:binary'),
  );
  return [octal12, ...kept.map((tag) => (typeof tag !== 'string' && isPlainFloat(tag) ? strictFloat(tag) : tag)), binaryAsText];
}

function isSexagesimal(tag: Exclude<Tags[number], string>): boolean {
  return 'format' in tag && tag.format === 'TIME';
}

function isPlainFloat(tag: Exclude<Tags[number], string>): tag is ScalarTag {
  return tag.tag === 'tag:yaml.org,2002:float' && 'test' in tag && tag.test?.test('.') === true;
}

/** `yaml` reads the scalar `.` as the float NaN; go-yaml reads a string. */
function strictFloat(tag: ScalarTag): ScalarTag {
  return { ...tag, test: /^[-+]?(?:[0-9][0-9_]*)?\.(?:[0-9_]+)$|^[-+]?[0-9][0-9_]*\.$/ };
}

const octal12: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'OCT12',
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => {
    const magnitude = BigInt(text.replace(/^[-+]/, ''));
    return text.startsWith('-') ? -magnitude : magnitude;
  },
};

const binaryAsText: ScalarTag = {
  identify: () => false,
  default: false,
  tag: 'tag:yaml.org,2002:binary',
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};
