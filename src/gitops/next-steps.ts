/** What a reader can do about something that is deployed and cannot be rendered here. */
export const otherRepository =
  'If it is this repository under another name, list that under `gitops.repositories` of .k8s-gate.yaml; else run the gate there and waive gate/not-evaluated here.';
export const otherRevision =
  'If this change is merged into that revision, list it under `gitops.revisions` of .k8s-gate.yaml; else waive gate/not-evaluated for it.';
export const renderBefore =
  'Render it in a step before the gate and name its output under `generated` of .k8s-gate.yaml; else waive gate/not-evaluated for it.';
export const renameOne =
  'Give them different names or namespaces, or keep the one that is meant next to what refers to it; else waive gate/not-evaluated for it.';
export const vendorChart =
  'Commit the chart, or render it in a step before the gate and name its output under `generated` of .k8s-gate.yaml; else waive gate/not-evaluated for it.';
