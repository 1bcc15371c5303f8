import type { FieldPath } from './field-path.ts';
import { groupOf, type Resource } from './resource.ts';

type Kind = Pick<Resource, 'apiVersion' | 'kind'>;

/** Facts about a kind of an operator. */
export interface KnownKind {
  /** Fields with an image in addition to those of containers, as in `images.paths` of the configuration. */
  readonly images?: readonly string[];
  /** Maps whose pod fields apply to the templates below them. */
  readonly defaults?: readonly FieldPath[];
}

const runs: KnownKind = {};
const image: KnownKind = { images: ['spec.image'] };
const workflow: KnownKind = { defaults: [['spec']] };

/**
 * Group -> kind -> facts. `*` is every kind of the group. Kinds that are not listed are recognized by the shape of their templates; the table
 * adds images, defaults and the certainty that a template is a pod template.
 */
const table: Readonly<Record<string, Readonly<Record<string, KnownKind>>>> = {
  'argoproj.io': {
    Rollout: runs,
    Experiment: runs,
    AnalysisTemplate: runs,
    ClusterAnalysisTemplate: runs,
    Workflow: workflow,
    WorkflowTemplate: workflow,
    ClusterWorkflowTemplate: workflow,
    CronWorkflow: { defaults: [['spec', 'workflowSpec']] },
    EventSource: runs,
    Sensor: runs,
  },
  'serving.knative.dev': { '*': runs },
  'sources.knative.dev': { '*': runs },
  'apps.kruise.io': { '*': runs, ImagePullJob: image },
  'tekton.dev': {
    '*': runs,
    TaskRun: { defaults: [['spec', 'podTemplate']] },
    PipelineRun: {
      defaults: [
        ['spec', 'taskRunTemplate', 'podTemplate'],
        ['spec', 'podTemplate'],
      ],
    },
    StepAction: image,
  },
  'monitoring.coreos.com': {
    Prometheus: { images: ['spec.image', 'spec.thanos.image'] },
    PrometheusAgent: image,
    Alertmanager: image,
    ThanosRuler: image,
  },
  'keda.sh': { ScaledJob: runs },
  'kubeflow.org': { '*': runs, Notebook: runs },
  'trainer.kubeflow.org': { '*': runs },
  'serving.kserve.io': { '*': runs },
  'batch.volcano.sh': { Job: runs },
  'jobset.x-k8s.io': { JobSet: runs },
  'leaderworkerset.x-k8s.io': { LeaderWorkerSet: runs },
  'ray.io': { '*': runs },
  'sparkoperator.k8s.io': {
    SparkApplication: { images: ['spec.image', 'spec.driver.image', 'spec.executor.image'] },
    ScheduledSparkApplication: { images: ['spec.template.image', 'spec.template.driver.image', 'spec.template.executor.image'] },
  },
  'flink.apache.org': { FlinkDeployment: image },
  'elasticsearch.k8s.elastic.co': { Elasticsearch: image },
  'kibana.k8s.elastic.co': { Kibana: image },
  'beat.k8s.elastic.co': { Beat: image },
  'agent.k8s.elastic.co': { Agent: image },
  'apm.k8s.elastic.co': { ApmServer: image },
  'logstash.k8s.elastic.co': { Logstash: image },
  'postgresql.cnpg.io': { Cluster: { images: ['spec.imageName'] } },
  'kafka.strimzi.io': {
    '*': image,
    Kafka: {
      images: [
        'spec.kafka.image',
        'spec.zookeeper.image',
        'spec.entityOperator.topicOperator.image',
        'spec.entityOperator.userOperator.image',
      ],
    },
  },
  'opentelemetry.io': { OpenTelemetryCollector: image, TargetAllocator: image },
  'rabbitmq.com': { RabbitmqCluster: image },
  'minio.min.io': { Tenant: image },
  'cassandra.datastax.com': { CassandraDatacenter: { images: ['spec.serverImage'] } },
  'ceph.rook.io': { CephCluster: { images: ['spec.cephVersion.image'] } },
  'kubevirt.io': {
    VirtualMachine: { images: ['spec.template.spec.volumes[*].containerDisk.image'] },
    VirtualMachineInstance: { images: ['spec.volumes[*].containerDisk.image'] },
  },
  'apps.openshift.io': { DeploymentConfig: runs },
  'operators.coreos.com': { CatalogSource: image },
};

/** Undefined if the kind is not known to run containers. */
export function knownKind({ apiVersion, kind }: Kind): KnownKind | undefined {
  const group = groupOf(apiVersion);
  const kinds = Object.hasOwn(table, group) ? table[group] : undefined;
  if (kinds === undefined) return undefined;
  return Object.hasOwn(kinds, kind) ? kinds[kind] : kinds['*'];
}

/**
 * Groups whose resources contain pods only as patterns or permissions. https://kyverno.io/docs/policy-types/ and
 * https://open-policy-agent.github.io/gatekeeper/website/docs/mutation
 */
const patterns =
  /(?:^|\.)(?:kyverno\.io|gatekeeper\.sh|admissionregistration\.k8s\.io|apiextensions\.k8s\.io|kubewarden\.io|kuttl\.dev)$/;
const runNothing: ReadonlySet<string> = new Set(['PodSecurityPolicy', 'ControllerRevision', 'ConfigMap', 'Secret']);
const ownGroups: ReadonlySet<string> = new Set(['', 'apps', 'policy', 'extensions']);

export function holdsPatterns({ apiVersion, kind }: Kind): boolean {
  const group = groupOf(apiVersion);
  return patterns.test(group) || (ownGroups.has(group) && runNothing.has(kind));
}
