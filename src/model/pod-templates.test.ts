import { describe, expect, it } from 'vitest';
import { manifest } from '../../test/support/policy-bench.ts';
import { formatPath } from './field-path.ts';
import type { JsonObject } from './json.ts';
import { ownerPath } from './pod-template.ts';
import { podTemplates } from './pod-templates.ts';

/** `path: containers/initContainers` of each pod that is found. */
function pods(apiVersion: string, kind: string, spec: string): readonly string[] {
  const text = `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a}, ${spec}}`;
  return podTemplates(manifest(text)).templates.map(
    ({ path, spec: { containers, initContainers } }) =>
      `${formatPath(path)}: ${names(containers)}${initContainers === undefined ? '' : `/${names(initContainers)}`}`,
  );
}
const names = (list: unknown): string => (Array.isArray(list) ? list.map((item) => item.name).join('+') : '');

const pod = '{containers: [{name: web, image: a}]}';
const template = `{metadata: {labels: {a: b}}, spec: ${pod}}`;

describe('podTemplates', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['argoproj.io/v1alpha1', 'Rollout', `spec: {template: ${template}}`, ['spec.template.spec: web']],
    ['argoproj.io/v1alpha1', 'Rollout', 'spec: {workloadRef: {kind: Deployment, name: x}}', []],
    [
      'argoproj.io/v1alpha1',
      'Workflow',
      'spec: {templates: [{name: x, container: {image: a}}, {name: y, script: {image: a, source: b}}, {name: z, steps: [[{name: x, template: x}]]}]}',
      ['spec.templates[0]: container', 'spec.templates[1]: script'],
    ],
    [
      'argoproj.io/v1alpha1',
      'CronWorkflow',
      'spec: {workflowSpec: {templates: [{containerSet: {containers: [{name: c, image: a}]}, sidecars: [{name: s, image: a}]}]}}',
      ['spec.workflowSpec.templates[0]: s', 'spec.workflowSpec.templates[0].containerSet: c'],
    ],
    [
      'serving.knative.dev/v1',
      'Service',
      'spec: {template: {spec: {containers: [{image: a}]}}}',
      ['spec.template.spec: unnamed-0'],
    ],
    ['serving.knative.dev/v1', 'Configuration', `spec: {template: ${template}}`, ['spec.template.spec: web']],
    ['apps.kruise.io/v1alpha1', 'CloneSet', `spec: {template: ${template}}`, ['spec.template.spec: web']],
    [
      'apps.kruise.io/v1alpha1',
      'SidecarSet',
      'spec: {containers: [{name: s, image: a}], initContainers: [{name: i, image: a}]}',
      ['spec: s/i'],
    ],
    [
      'apps.kruise.io/v1alpha1',
      'AdvancedCronJob',
      `spec: {template: {jobTemplate: {spec: {template: ${template}}}}}`,
      ['spec.template.jobTemplate.spec.template.spec: web'],
    ],
    ['tekton.dev/v1', 'Task', 'spec: {steps: [{name: s, image: a}], sidecars: [{name: d, image: a}]}', ['spec: s+d']],
    [
      'tekton.dev/v1',
      'Pipeline',
      'spec: {tasks: [{taskSpec: {steps: [{image: a}]}}], finally: [{taskSpec: {steps: [{name: f, image: a}]}}]}',
      ['spec.tasks[0].taskSpec: unnamed-0', 'spec.finally[0].taskSpec: f'],
    ],
    [
      'monitoring.coreos.com/v1',
      'Prometheus',
      'spec: {image: a, containers: [{name: prometheus, securityContext: {privileged: true}}]}',
      ['spec: prometheus'],
    ],
    ['monitoring.coreos.com/v1', 'Alertmanager', 'spec: {image: a, hostNetwork: true}', ['spec: ']],
    ['keda.sh/v1alpha1', 'ScaledJob', `spec: {jobTargetRef: {template: ${template}}}`, ['spec.jobTargetRef.template.spec: web']],
    [
      'kubeflow.org/v1',
      'PyTorchJob',
      `spec: {pytorchReplicaSpecs: {Master: {template: ${template}}, Worker: {template: ${template}}}}`,
      ['spec.pytorchReplicaSpecs.Master.template.spec: web', 'spec.pytorchReplicaSpecs.Worker.template.spec: web'],
    ],
    ['batch.volcano.sh/v1alpha1', 'Job', `spec: {tasks: [{template: ${template}}]}`, ['spec.tasks[0].template.spec: web']],
    [
      'jobset.x-k8s.io/v1alpha2',
      'JobSet',
      `spec: {replicatedJobs: [{template: {spec: {template: ${template}}}}]}`,
      ['spec.replicatedJobs[0].template.spec.template.spec: web'],
    ],
    [
      'leaderworkerset.x-k8s.io/v1',
      'LeaderWorkerSet',
      `spec: {leaderWorkerTemplate: {workerTemplate: ${template}}}`,
      ['spec.leaderWorkerTemplate.workerTemplate.spec: web'],
    ],
    [
      'ray.io/v1',
      'RayCluster',
      `spec: {headGroupSpec: {template: ${template}}, workerGroupSpecs: [{template: ${template}}]}`,
      ['spec.headGroupSpec.template.spec: web', 'spec.workerGroupSpecs[0].template.spec: web'],
    ],
    [
      'sparkoperator.k8s.io/v1beta2',
      'SparkApplication',
      'spec: {image: a, driver: {sidecars: [{name: s, image: a}]}, executor: {securityContext: {privileged: true}, image: a}}',
      ['spec.driver: s', 'spec.executor: unnamed-0'],
    ],
    ['flink.apache.org/v1beta1', 'FlinkDeployment', `spec: {podTemplate: ${template}}`, ['spec.podTemplate.spec: web']],
    [
      'elasticsearch.k8s.elastic.co/v1',
      'Elasticsearch',
      'spec: {nodeSets: [{podTemplate: {spec: {initContainers: [{name: sysctl, securityContext: {privileged: true}}]}}}]}',
      ['spec.nodeSets[0].podTemplate.spec: /sysctl'],
    ],
    [
      'kafka.strimzi.io/v1beta2',
      'Kafka',
      'spec: {kafka: {template: {pod: {hostAliases: []}, kafkaContainer: {securityContext: {privileged: true}}}}}',
      ['spec.kafka.template: kafkaContainer'],
    ],
    [
      'opentelemetry.io/v1beta1',
      'OpenTelemetryCollector',
      'spec: {image: a, additionalContainers: [{name: x, image: b}], securityContext: {capabilities: {add: [SYS_ADMIN]}}}',
      ['spec: x+unnamed-1'],
    ],
    ['argoproj.io/v1beta1', 'ArgoCD', 'spec: {repo: {sidecarContainers: [{name: cmp, image: a}]}}', ['spec.repo: cmp']],
    ['apps.openshift.io/v1', 'DeploymentConfig', `spec: {template: ${template}}`, ['spec.template.spec: web']],
  ])('finds the pods of %s %s', (apiVersion, kind, spec, expected) => {
    expect(pods(apiVersion, kind, spec)).toEqual(expected);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'a template in a field that nobody expects',
      `spec: {some: {where: [{else: {x: ${template}}}]}}`,
      ['spec.some.where[0].else.x.spec: web'],
    ],
    ['a template outside of spec', `objects: [{kind: Pod, spec: ${pod}}]`, ['objects[0].spec: web']],
    ['containers by name', 'spec: {containers: {web: {image: a}}}', ['spec: web']],
    ['junk among the containers', 'spec: {containers: [5, null, {image: a, name: x}]}', ['spec: x']],
    [
      'a template inside a container',
      `spec: {containers: [{name: x, image: a, pod: ${template}}]}`,
      ['spec: x', 'spec.containers[0].pod.spec: web'],
    ],
    ['a container without a list', 'spec: {image: a, securityContext: {privileged: true}}', ['spec: unnamed-0']],
    [
      'a node that is shared, without containers',
      'spec: {podTemplate: {spec: {hostNetwork: true}}, pod: {hostPID: true}}',
      ['spec.podTemplate.spec: ', 'spec.pod: '],
    ],
    ['a path of the node, in a list of any name', 'spec: {image: a, extraVolumes: [{name: v, hostPath: {path: /}}]}', ['spec: ']],
    ['paths of something else', 'spec: {mounts: [{name: v, hostPath: /a}], hosts: [{hostPath: {path: /}}]}', []],
    ['invalid containers', 'spec: {containers: [web, db], steps: [{name: a, run: b}], container: x}', []],
    ['a network that is not a pod’s', 'spec: {network: {hostNetwork: true}, image: a}', []],
    ['what was observed', `spec: {}, status: {template: ${template}}`, []],
  ])('judges by the shape: %s', (_what, spec, expected) => {
    expect(pods('example.com/v1', 'Widget', spec)).toEqual(expected);
  });

  it('judges by the shape what is misspelled: it is not a kind of Kubernetes', () => {
    expect(pods('apps/v1', 'Deploymnet', 'spec: {template: {spec: {containers: [{name: c, image: a}]}}}')).toHaveLength(1);
  });

  it.each([
    ['kyverno.io/v1', 'ClusterPolicy'],
    ['mutations.gatekeeper.sh/v1', 'Assign'],
    ['policy/v1beta1', 'PodSecurityPolicy'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['apps/v1', 'ControllerRevision'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
    ['argoproj.io/v1alpha1', 'Application'],
    ['apps/v1', 'Deployment'],
  ])('finds none in %s %s', (apiVersion, kind) => {
    expect(pods(apiVersion, kind, `spec: {hostPID: true, template: ${template}}`)).toEqual([]);
  });

  it('finds none in the schema of a composite resource', () => {
    const schema = 'spec: {versions: [{schema: {openAPIV3Schema: {default: {containers: [{image: a}]}}}}]}';
    expect(pods('apiextensions.crossplane.io/v1', 'CompositeResourceDefinition', schema)).toEqual([]);
  });

  it('finds containers 30 levels deep, and names where it stopped', () => {
    const nested = (depth: number) => {
      let spec: JsonObject = { containers: [{ image: 'a' }] };
      for (let level = 0; level < depth; level++) spec = { a: spec };
      return podTemplates({ apiVersion: 'example.com/v1', kind: 'Widget', object: { spec } });
    };
    expect(nested(30).templates).toHaveLength(1);
    expect([nested(70).templates.length, nested(70).unsearched?.length]).toEqual([0, 65]);
  });

  it('finds 1,000 templates, and reports that there are more', () => {
    const many = (count: number) =>
      podTemplates(
        manifest(
          `{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: [${Array(count).fill(template).join(', ')}]}`,
        ),
      );
    expect([many(1_000).templates.length, many(1_000).unsearched]).toEqual([1_000, undefined]);
    expect([many(1_001).templates.length, many(1_001).unsearched]).toEqual([1_000, ['spec', 1_000]]);
  });
});

describe('the pod of a template', () => {
  const read = (text: string) => {
    const [first] = podTemplates(manifest(text)).templates;
    if (first === undefined) throw new Error('no template');
    return first;
  };
  const workflow = `{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {
    securityContext: {runAsNonRoot: true}, volumes: [{name: v, hostPath: {path: /}}],
    templates: [{metadata: {labels: {l: m}}, volumes: [], container: {image: a}}]}}`;

  it('has the fields of its owner where it has none of its own', () => {
    const templates = podTemplates(manifest(workflow)).templates;
    const own = templates.find(({ path }) => path.length > 1);
    expect(own?.spec).toEqual({
      volumes: [],
      securityContext: { runAsNonRoot: true },
      containers: [{ name: 'container', image: 'a' }],
    });
    expect(own?.labels).toEqual({ l: 'm' });
  });

  it('has a step’s defaults', () => {
    const { spec } = read(
      '{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: a}, spec: {stepTemplate: {securityContext: {privileged: true}}, steps: [{image: a}, {image: b, securityContext: {}}]}}',
    );
    expect(spec.containers).toEqual([
      { name: 'unnamed-0', image: 'a', securityContext: { privileged: true } },
      { name: 'unnamed-1', image: 'b', securityContext: {} },
    ]);
  });

  it('leaves fields out that only are called like those of a pod', () => {
    const { spec } = read(
      '{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {containers: [{image: a}], volumes: {a: b}, resources: small, replicas: 2, hostPID: true}}',
    );
    expect(spec).toEqual({ hostPID: true, containers: [{ name: 'unnamed-0', image: 'a' }] });
  });

  it.each([
    ['spec.containers[1].image', 'spec.steps[1].image', true],
    ['spec.containers', 'spec.steps', false],
    ['spec.volumes[0].hostPath', 'spec.volumes[0].hostPath', true],
    ['spec.securityContext.runAsNonRoot', 'spec', false],
    ['metadata.name', 'metadata.name', true],
    ['metadata.labels', 'spec', false],
    ['', 'spec', false],
  ])('has its field %s at %s of a Task', (field, expected, exact) => {
    const task = read(
      '{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: a}, spec: {volumes: [{hostPath: {path: /}}], steps: [{image: a}, {image: b}]}}',
    );
    const steps =
      field === ''
        ? []
        : field
            .split(/[.[\]]+/)
            .filter((step) => step !== '')
            .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const found = ownerPath(task, steps);
    expect([formatPath(found.path), found.exact]).toEqual([expected, exact]);
  });
});
