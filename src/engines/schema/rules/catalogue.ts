interface Entry {
  /** What the API server requires, for the table in docs/schema.md. */
  readonly meaning: string;
  /** What to do about a violation. */
  readonly advice: string;
}

/** Every rule, without its prefix `schema/`. */
export const catalogue = {
  name: {
    meaning:
      'The name, or `generateName`, is one that the kind allows: mostly a DNS subdomain, for some kinds a DNS label or a path segment.',
    advice: 'Use lower case letters, digits and hyphens, and begin and end with a letter or digit.',
  },
  namespace: {
    meaning: 'A namespace is a DNS label.',
    advice: 'Use lower case letters, digits and hyphens, and begin and end with a letter or digit.',
  },
  'label-key': {
    meaning:
      'The key of a label, node selector or topology is a name of at most 63 characters, with a DNS subdomain as its prefix if any.',
    advice: 'Correct the key; one slash may separate a prefix, as in example.com/name.',
  },
  'label-value': {
    meaning:
      'The value of a label is at most 63 characters: letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit.',
    advice: 'Shorten or correct the value, or use an annotation, whose value may be any text.',
  },
  'annotation-key': {
    meaning: 'The key of an annotation is a qualified name, as of a label.',
    advice: 'Correct the key of the annotation.',
  },
  'annotations-size': {
    meaning: 'The annotations of an object are at most 256 KiB together.',
    advice:
      'Move the contents into a ConfigMap. With a large CRD or ConfigMap, use server-side apply, which keeps no copy in an annotation.',
  },
  finalizer: {
    meaning: 'A finalizer is a qualified name, or one of the three that Kubernetes knows.',
    advice: 'Write the finalizer with the domain of its controller: example.com/name.',
  },
  'owner-reference': {
    meaning: 'An owner has an API version, a kind, a name and a uid, and at most one is the controller.',
    advice: 'Remove the owner from the manifest: only the cluster knows its uid.',
  },
  'reference-name': {
    meaning: 'The name of another object is one that it could have.',
    advice: 'Correct the name of the object that this field refers to.',
  },
  selector: {
    meaning: 'A selector exists where it must, is not empty, has known operators, and values where the operator takes some.',
    advice: 'Correct the selector; for a workload, repeat labels of its template in `matchLabels`.',
  },
  'selector-mismatch': {
    meaning: 'The selector of a workload selects the pods of its own template.',
    advice: 'Give the labels of the template every label that the selector has, with the same value.',
  },
  container: {
    meaning: 'A pod has containers, and their settings have known values.',
    advice: 'Correct the setting of the container.',
  },
  'container-name': {
    meaning: 'The name of a container is a DNS label, and no other container of the pod has it.',
    advice: 'Give each container, including init containers, a name of its own.',
  },
  image: {
    meaning: 'A container has an image, without blanks around it, and a known pull policy.',
    advice: 'Correct the image or the pull policy.',
  },
  port: { meaning: 'A port is from 1 to 65535, or has a name, and a known protocol.', advice: 'Correct the port.' },
  'port-name': {
    meaning:
      'The name of a port is at most 15 lower case letters, digits and single hyphens, with a letter, and unique in its container.',
    advice: 'Shorten or correct the name of the port.',
  },
  'host-port': {
    meaning: 'A port of the node is used once, and equals the port of the container in the network of the node.',
    advice: 'Remove `hostPort`, or use another one.',
  },
  'env-name': { meaning: 'An environment variable has a valid name.', advice: 'Correct the name of the variable.' },
  'env-source': {
    meaning: 'A variable has a value or one source, and the source names something that exists for its kind.',
    advice: 'Leave one source, and correct the field or key that it names.',
  },
  volume: {
    meaning: 'A volume has a name of its own, one source, and what the source must have.',
    advice: 'Correct the volume; it has exactly one source.',
  },
  'volume-mount': {
    meaning: 'A mount refers to a volume of the pod, and no other mount of the container has its path.',
    advice: 'Add the volume to the pod, or correct its name or the path of the mount.',
  },
  probe: {
    meaning: 'A probe has one handler and valid thresholds.',
    advice: 'Leave one of `exec`, `grpc`, `httpGet` and `tcpSocket`, and correct its settings.',
  },
  lifecycle: { meaning: 'A lifecycle hook has one valid handler.', advice: 'Leave one handler, and correct its settings.' },
  'init-container': {
    meaning: 'An init container that is not a sidecar has no probes and no lifecycle hooks.',
    advice: 'Remove the field, or make the init container a sidecar by `restartPolicy: Always`.',
  },
  'ephemeral-container': {
    meaning: 'Ephemeral containers are added to running pods only.',
    advice: 'Remove `ephemeralContainers`.',
  },
  'restart-policy': {
    meaning:
      'The restart policy is one that the kind allows: `Always` for long-running workloads, `OnFailure` or `Never` for Jobs.',
    advice: 'Set a restart policy that the kind allows.',
  },
  quantity: {
    meaning: 'A quantity parses, is not negative, and is whole where things are counted.',
    advice: 'Write the quantity as 500m, 1.5, 128Mi or 1Gi.',
  },
  resources: {
    meaning: 'Requests are at most the limits, resources have known names, and huge pages are whole pages.',
    advice: 'Correct the resource, or raise its limit.',
  },
  'resource-claim': {
    meaning: 'A resource claim has a name and one source, and containers use claims of their pod.',
    advice: 'Correct the claim.',
  },
  'security-context': {
    meaning: 'Settings of a security context have known values, do not contradict each other, and fit the operating system.',
    advice: 'Correct the security context.',
  },
  affinity: {
    meaning: 'Terms of an affinity have weights from 1 to 100, valid selectors and a topology.',
    advice: 'Correct the term.',
  },
  toleration: {
    meaning: 'Tolerations and taints have valid keys, values, operators and effects.',
    advice: 'Correct the toleration or taint.',
  },
  'topology-spread': {
    meaning: 'A spread has a positive skew, a topology and a known action, once each.',
    advice: 'Correct the constraint.',
  },
  dns: {
    meaning: 'DNS servers, search domains and host aliases are valid, and exist with `dnsPolicy: None`.',
    advice: 'Correct the DNS settings.',
  },
  hostname: { meaning: 'A host name is a DNS label.', advice: 'Correct the host name.' },
  pod: { meaning: 'Other settings of a pod have known values.', advice: 'Correct the setting of the pod.' },
  replicas: { meaning: 'Counts and seconds of a workload are not negative.', advice: 'Use zero or more.' },
  strategy: {
    meaning: 'An update strategy is known, has no settings of another one, and lets an update progress.',
    advice: 'Correct the update strategy; `maxSurge` and `maxUnavailable` cannot both be 0.',
  },
  job: { meaning: 'Completions, limits and policies of a Job fit together.', advice: 'Correct the setting of the Job.' },
  schedule: {
    meaning: 'The schedule of a CronJob has five fields or is a descriptor, and its time zone exists.',
    advice: 'Write minute, hour, day of month, month and day of week, as in `30 2 * * 1-5`; the time zone goes into `timeZone`.',
  },
  autoscaler: {
    meaning: 'An autoscaler has a maximum from its minimum, a target, and metrics of one source each.',
    advice: 'Correct the autoscaler.',
  },
  'disruption-budget': {
    meaning: 'A disruption budget has `minAvailable` or `maxUnavailable`, not both.',
    advice: 'Keep one of `minAvailable` and `maxUnavailable`.',
  },
  service: { meaning: 'Settings of a Service fit its type.', advice: 'Remove the field, or change the type of the Service.' },
  'service-port': {
    meaning: 'The ports of a Service differ, and have names if there are several.',
    advice: 'Give each port a name, and a number and protocol of its own.',
  },
  ip: { meaning: 'An address or CIDR is valid, and one that traffic can be sent to.', advice: 'Correct the address.' },
  ingress: {
    meaning: 'An Ingress has rules or a default backend, and each backend is one service port or resource.',
    advice: 'Correct the backend.',
  },
  'ingress-host': { meaning: 'A host is a DNS name, or a wildcard for its first label.', advice: 'Correct the host.' },
  'ingress-path': {
    meaning: 'A path has a type, and is absolute and normalized.',
    advice: 'Set `pathType`, and begin the path with /.',
  },
  'network-policy': {
    meaning: 'Peers and ports of a network policy are valid, and `ipBlock` is alone.',
    advice: 'Correct the peer or port.',
  },
  endpoints: { meaning: 'Endpoints have addresses of their type and valid ports.', advice: 'Correct the address or port.' },
  'config-key': {
    meaning: 'A key of a ConfigMap or Secret has letters, digits, `-`, `_` and `.` only, and occurs in one of its maps.',
    advice: 'Rename the key.',
  },
  'config-size': {
    meaning: 'The data of a ConfigMap or Secret is at most 1 MiB.',
    advice: 'Divide the data, or store it elsewhere.',
  },
  base64: {
    meaning: 'Binary data is base64.',
    advice: 'Encode the value, or write it as it is below `stringData` of a Secret or `data` of a ConfigMap.',
  },
  'secret-type': { meaning: 'A Secret has the keys of its type.', advice: 'Add the key, or use `type: Opaque`.' },
  claim: { meaning: 'A claim has access modes and requests storage.', advice: 'Correct the claim.' },
  'persistent-volume': { meaning: 'A volume has a capacity, access modes and one source.', advice: 'Correct the volume.' },
  role: {
    meaning: 'A rule of a role has verbs, and resources with their API groups or non-resource URLs.',
    advice: 'Correct the rule; the core group is "".',
  },
  'role-binding': {
    meaning: 'A binding refers to a role, and subjects have a kind and a name.',
    advice: 'Correct the reference or subject.',
  },
  quota: { meaning: 'A quota limits known resources, and its scopes apply to them.', advice: 'Correct the resource or scope.' },
  'limit-range': { meaning: 'Minimum, defaults and maximum of a limit range are in order.', advice: 'Correct the limit.' },
  storage: {
    meaning: 'Storage classes and CSI objects have valid drivers, parameters and policies.',
    advice: 'Correct the setting.',
  },
  'runtime-class': { meaning: 'A runtime class has a handler.', advice: 'Name the handler.' },
  'priority-class': {
    meaning: 'A priority is at most 1000000000, and names beginning with `system-` are reserved.',
    advice: 'Lower the value, or rename the class.',
  },
  lease: { meaning: 'A lease has a positive duration.', advice: 'Correct the lease.' },
  'flow-control': {
    meaning: 'A flow schema has a level, subjects and rules; a level has a type with its settings.',
    advice: 'Correct the setting.',
  },
  device: { meaning: 'A claim requests devices by name and class.', advice: 'Correct the request.' },
  webhook: {
    meaning: 'A webhook has a full name, rules, one address, side effects `None` or `NoneOnDryRun`, and review versions.',
    advice: 'Correct the webhook.',
  },
  'admission-policy': {
    meaning: 'An admission policy has constraints, and expressions or a policy to bind.',
    advice: 'Correct the policy or binding.',
  },
  crd: {
    meaning:
      'A CustomResourceDefinition is named by its plural and group, and has one storage version and a structural schema for each.',
    advice: 'Correct the definition.',
  },
  'removed-api': {
    meaning: 'The API version exists in this version of Kubernetes.',
    advice: 'Use the API version that replaces it.',
  },
  'deprecated-api': {
    meaning: 'The API version is not deprecated in this version of Kubernetes.',
    advice: 'Use the API version that replaces it before you upgrade.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type RuleName = keyof typeof catalogue;
