/** What a reader can do about something that is deployed and cannot be rendered here. */
export const otherRepository =
  'If it is this repository under another name, list that under `gitops.repositories` of .k8s-gate.yaml; otherwise run the gate there and waive gate/not-evaluated here.';
export const otherRevision =
  'If this change is merged into that revision, list it under `gitops.revisions` of .k8s-gate.yaml; otherwise waive gate/not-evaluated for it.';
export const renderBefore =
  'Render it in a step before the gate and list its output under `generated` of .k8s-gate.yaml; otherwise waive gate/not-evaluated for it.';
export const renameOne =
  'Give them different names or namespaces, or move the intended one next to the resource that refers to it; otherwise waive gate/not-evaluated for it.';
export const vendorChart =
  'Commit the chart, or render it in a step before the gate and list its output under `generated` of .k8s-gate.yaml; otherwise waive gate/not-evaluated for it.';
