package main

import (
	"encoding/json"
	"sync"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	listersv1 "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// setDefaults sets what the API server sets when a policy or binding is stored (pkg/apis/admissionregistration/v1/defaults.go).
func setDefaults(match *admissionv1.MatchResources) {
	if match == nil {
		return
	}
	if match.NamespaceSelector == nil {
		match.NamespaceSelector = &metav1.LabelSelector{}
	}
	if match.ObjectSelector == nil {
		match.ObjectSelector = &metav1.LabelSelector{}
	}
	if match.MatchPolicy == nil {
		equivalent := admissionv1.Equivalent
		match.MatchPolicy = &equivalent
	}
}

// Resources that several groups have shared: one is stored, and the server converts.
var shared = map[schema.GroupResource]string{}

func init() {
	for plural, groups := range map[string][]string{
		"deployments": {"apps", "extensions"}, "daemonsets": {"apps", "extensions"}, "replicasets": {"apps", "extensions"},
		"ingresses": {"networking.k8s.io", "extensions"}, "networkpolicies": {"networking.k8s.io", "extensions"},
		"podsecuritypolicies": {"policy", "extensions"}, "events": {"", "events.k8s.io"},
	} {
		for _, group := range groups {
			shared[schema.GroupResource{Group: group, Resource: plural}] = "/" + plural
		}
	}
}

// plain stands in for the conversion of the API server: it changes only the apiVersion, so no field may differ between the versions asked about.
type plain struct{ runtime.ObjectConvertor }

func (plain) Convert(in, out, _ any) error {
	from, err := runtime.DefaultUnstructuredConverter.ToUnstructured(in)
	if err != nil {
		return err
	}
	out.(*unstructured.Unstructured).Object = from
	return nil
}

func (plain) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	return &unstructured.Unstructured{}, nil
}

func interfacesFor(asked *question) admission.ObjectInterfaces {
	registry := runtime.NewEquivalentResourceRegistryWithIdentity(func(resource schema.GroupResource) string { return shared[resource] })
	for _, one := range append(asked.Served, asked.Resource) {
		registry.RegisterKindFor(one.gvr(), "", one.gvk())
	}
	return &admission.RuntimeObjectInterfaces{ObjectCreater: plain{}, ObjectConvertor: plain{}, EquivalentResourceMapper: registry}
}

func listNamespaces(namespaces []corev1.Namespace) listersv1.NamespaceLister {
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	for index := range namespaces {
		namespace := &namespaces[index]
		if namespace.Labels == nil {
			namespace.Labels = map[string]string{}
		}
		namespace.Labels[corev1.LabelMetadataName] = namespace.Name
		if err := indexer.Add(namespace); err != nil {
			panic(err)
		}
	}
	return listersv1.NewNamespaceLister(indexer)
}

// absentClient answers what the lister does not know: there is no such namespace.
func absentClient([]corev1.Namespace) kubernetes.Interface { return fake.NewClientset() }

type params struct {
	cache.SharedIndexInformer
	lister cache.GenericLister
}

func (p params) HasSynced() bool                     { return true }
func (p params) Informer() cache.SharedIndexInformer { return p }
func (p params) Lister() cache.GenericLister         { return p.lister }

// paramsOf gives the objects of the policy's paramKind, if the server knows that kind.
func paramsOf(asked *question) (informers.GenericInformer, meta.RESTScope) {
	kind := asked.Policy.Spec.ParamKind
	if kind == nil {
		return nil, meta.RESTScopeRoot
	}
	wanted := schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind)
	for _, one := range append(asked.Served, asked.Resource) {
		if one.gvk() != wanted {
			continue
		}
		indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
		for _, param := range asked.Params {
			if param.GroupVersionKind() != wanted {
				continue
			}
			if err := indexer.Add(param); err != nil {
				panic(err)
			}
		}
		scope := meta.RESTScopeRoot
		if one.Namespaced {
			scope = meta.RESTScopeNamespace
		}
		return params{lister: cache.NewGenericLister(indexer, one.gvr().GroupResource())}, scope
	}
	return nil, meta.RESTScopeRoot
}

var base = sync.OnceValue(func() *environment.EnvSet { return environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()) })
var known = map[string]validating.Validator{}

// refused has the errors for which an API server would not store a policy: expressions that do not compile.
var refused = map[string]string{}

// compiled is the API server's compilePolicy (pkg/admission/plugin/policy/validating/plugin.go), which is not exported.
func compiled(policy *admissionv1.ValidatingAdmissionPolicy) (validating.Validator, string) {
	text, err := json.Marshal(policy)
	if err != nil {
		panic(err)
	}
	if found, ok := known[string(text)]; ok {
		return found, refused[string(text)]
	}
	spec := policy.Spec
	optional := cel.OptionalVariableDeclarations{HasParams: spec.ParamKind != nil, HasAuthorizer: true}
	withoutAuthorizer := cel.OptionalVariableDeclarations{HasParams: spec.ParamKind != nil, HasAuthorizer: false}
	compiler, err := cel.NewCompositedCompiler(base())
	if err != nil {
		panic(err)
	}
	note := func(errors []error) {
		for _, err := range errors {
			refused[string(text)] = err.Error()
		}
	}
	for _, variable := range spec.Variables {
		named := &validating.Variable{Name: variable.Name, Expression: variable.Expression}
		if result := compiler.CompileAndStoreVariable(named, optional, environment.StoredExpressions); result.Error != nil {
			note([]error{result.Error})
		}
	}
	var matcher matchconditions.Matcher
	if len(spec.MatchConditions) > 0 {
		conditions := []cel.ExpressionAccessor{}
		for index := range spec.MatchConditions {
			conditions = append(conditions, (*matchconditions.MatchCondition)(&spec.MatchConditions[index]))
		}
		condition := compiler.CompileCondition(conditions, optional, environment.StoredExpressions)
		note(condition.CompilationErrors())
		matcher = matchconditions.NewMatcher(condition, spec.FailurePolicy, "policy", "validate", policy.Name)
	}
	validations, messages := make([]cel.ExpressionAccessor, len(spec.Validations)), make([]cel.ExpressionAccessor, len(spec.Validations))
	for index, one := range spec.Validations {
		validations[index] = &validating.ValidationCondition{Expression: one.Expression, Message: one.Message, Reason: one.Reason}
		if one.MessageExpression != "" {
			messages[index] = &validating.MessageExpressionCondition{MessageExpression: one.MessageExpression}
		}
	}
	validation := compiler.CompileCondition(validations, optional, environment.StoredExpressions)
	message := compiler.CompileCondition(messages, withoutAuthorizer, environment.StoredExpressions)
	note(validation.CompilationErrors())
	note(message.CompilationErrors())
	known[string(text)] = validating.NewValidator(
		validation,
		matcher,
		compiler.CompileCondition(nil, optional, environment.StoredExpressions),
		message,
		spec.FailurePolicy,
		nil,
	)
	return known[string(text)], refused[string(text)]
}
