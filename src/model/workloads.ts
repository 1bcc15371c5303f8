import type { FieldPath } from './field-path.ts';
import type { Resource } from './resource.ts';

const podSpecs: Readonly<Record<string, FieldPath>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  PodTemplate: ['template', 'spec'],
};
export function podSpecPath({ kind }: Pick<Resource, 'apiVersion' | 'kind'>): FieldPath | undefined {
  return podSpecs[kind];
}
