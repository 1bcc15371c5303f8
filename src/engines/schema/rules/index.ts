import { isClusterScoped } from '../../../model/own-kinds.ts';
import type { ObjectRule, RuleContext, RuleFinding } from '../rule.ts';
import { ipAddress, serviceCidr } from './address-kinds.ts';
import { admissionPolicy, policyBinding } from './admission-policy.ts';
import { autoscaler } from './autoscaler.ts';
import { budget } from './budget.ts';
import { claim } from './claim.ts';
import { lease, namespace, node, priorityClass, runtimeClass } from './cluster.ts';
import { configMap, secret } from './config.ts';
import { crd } from './crd.ts';
import { deviceClass, resourceClaim, resourceClaimTemplate } from './devices.ts';
import { endpointSlice, endpoints } from './endpoints.ts';
import { Field } from './field.ts';
import { flowSchema, priorityLevel } from './flow.ts';
import { ingress, ingressClass } from './ingress.ts';
import { cronJob, job } from './jobs.ts';
import { apiLifecycle } from './lifecycle.ts';
import { metadata } from './metadata.ts';
import { networkPolicy } from './network-policy.ts';
import { persistentVolume } from './persistent-volume.ts';
import { pod } from './pod.ts';
import { limitRange, resourceQuota } from './quota.ts';
import { binding, role } from './rbac.ts';
import { service } from './service.ts';
import { csiDriver, csiNode, csiStorageCapacity, storageClass, volumeAttachment, volumeAttributesClass } from './storage.ts';
import { webhookConfiguration } from './webhooks.ts';
import {
  controllerRevision,
  daemonSet,
  deployment,
  podTemplate,
  replicaSet,
  replicationController,
  statefulSet,
} from './workloads.ts';

type KindRule = (object: Field, context: RuleContext) => Iterable<RuleFinding>;

/** By API version, because another version of a kind has other fields. */
const kinds: Readonly<Record<string, Readonly<Record<string, KindRule>>>> = {
  v1: {
    Pod: pod,
    PodTemplate: podTemplate,
    ReplicationController: replicationController,
    Service: service,
    Endpoints: endpoints,
    ConfigMap: configMap,
    Secret: secret,
    Namespace: namespace,
    Node: node,
    LimitRange: limitRange,
    ResourceQuota: resourceQuota,
    PersistentVolume: persistentVolume,
    PersistentVolumeClaim: claim,
  },
  'apps/v1': {
    Deployment: deployment,
    StatefulSet: statefulSet,
    DaemonSet: daemonSet,
    ReplicaSet: replicaSet,
    ControllerRevision: controllerRevision,
  },
  'batch/v1': { Job: job, CronJob: cronJob },
  'autoscaling/v1': { HorizontalPodAutoscaler: autoscaler },
  'autoscaling/v2': { HorizontalPodAutoscaler: autoscaler },
  'policy/v1': { PodDisruptionBudget: budget },
  'networking.k8s.io/v1': {
    Ingress: ingress,
    IngressClass: ingressClass,
    NetworkPolicy: networkPolicy,
    IPAddress: ipAddress,
    ServiceCIDR: serviceCidr,
  },
  'rbac.authorization.k8s.io/v1': { Role: role, ClusterRole: role, RoleBinding: binding, ClusterRoleBinding: binding },
  'storage.k8s.io/v1': {
    StorageClass: storageClass,
    CSIDriver: csiDriver,
    CSINode: csiNode,
    CSIStorageCapacity: csiStorageCapacity,
    VolumeAttachment: volumeAttachment,
    VolumeAttributesClass: volumeAttributesClass,
  },
  'scheduling.k8s.io/v1': { PriorityClass: priorityClass },
  'node.k8s.io/v1': { RuntimeClass: runtimeClass },
  'flowcontrol.apiserver.k8s.io/v1': { FlowSchema: flowSchema, PriorityLevelConfiguration: priorityLevel },
  'resource.k8s.io/v1': { DeviceClass: deviceClass, ResourceClaim: resourceClaim, ResourceClaimTemplate: resourceClaimTemplate },
  'discovery.k8s.io/v1': { EndpointSlice: endpointSlice },
  'coordination.k8s.io/v1': { Lease: lease },
  'admissionregistration.k8s.io/v1': {
    ValidatingWebhookConfiguration: webhookConfiguration,
    MutatingWebhookConfiguration: webhookConfiguration,
    ValidatingAdmissionPolicy: admissionPolicy,
    ValidatingAdmissionPolicyBinding: policyBinding,
    MutatingAdmissionPolicy: admissionPolicy,
    MutatingAdmissionPolicyBinding: policyBinding,
  },
  'admissionregistration.k8s.io/v1beta1': {
    MutatingAdmissionPolicy: admissionPolicy,
    MutatingAdmissionPolicyBinding: policyBinding,
  },
  'apiextensions.k8s.io/v1': { CustomResourceDefinition: crd },
};

const metadataRule: ObjectRule = (object, context) => {
  const apiVersion = context.group === '' ? context.version : `${context.group}/${context.version}`;
  return metadata(new Field(object), context, isClusterScoped({ apiVersion, kind: context.kind }));
};

const kindRule: ObjectRule = (object, context) => {
  const apiVersion = context.group === '' ? context.version : `${context.group}/${context.version}`;
  const ofVersion = Object.hasOwn(kinds, apiVersion) ? kinds[apiVersion] : undefined;
  const rule = ofVersion !== undefined && Object.hasOwn(ofVersion, context.kind) ? ofVersion[context.kind] : undefined;
  return rule?.(new Field(object), context) ?? [];
};

/** Every check beyond the schemas, in the order of its findings. */
export const objectRules: readonly ObjectRule[] = [apiLifecycle, metadataRule, kindRule];
