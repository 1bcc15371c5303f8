package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

type mutation struct {
	Policy   admissionv1.MutatingAdmissionPolicy          `json:"policy"`
	Bindings []admissionv1.MutatingAdmissionPolicyBinding `json:"bindings"`
	// Of a custom kind: openAPIV3Schema of its definition.
	Schema *spec.Schema `json:"schema"`
}

type mutated struct {
	Matched bool `json:"matched"`
	// The request is denied, unless failurePolicy is Ignore.
	Error string `json:"error,omitempty"`
	// An expression does not compile: the policy could not be created.
	Refused string `json:"refused,omitempty"`
	// The object afterwards.
	Object any `json:"object,omitempty"`
}

var builtIn = sync.OnceValue(func() managedfields.TypeConverter { return applyconfigurations.NewTypeConverter(scheme.Scheme) })

func converterFor(asked *question) (managedfields.TypeConverter, error) {
	if asked.Mutation.Schema == nil {
		return builtIn(), nil
	}
	found := *asked.Mutation.Schema
	found.AddExtension("x-kubernetes-group-version-kind", []any{map[string]any{
		"group": asked.Resource.Group, "version": asked.Resource.Version, "kind": asked.Resource.Kind,
	}})
	return managedfields.NewTypeConverter(map[string]*spec.Schema{"custom": &found}, false)
}

// mutate is the API server's dispatcher (pkg/admission/plugin/policy/mutating/dispatcher.go) for one policy: it is not exported.
func mutate(asked *question) (result mutated) {
	policy := &asked.Mutation.Policy
	var object runtime.Object = asked.Object
	var creater runtime.ObjectCreater = scheme.Scheme
	if scheme.Scheme.Recognizes(asked.Resource.gvk()) {
		typed, err := asked.typed()
		if err != nil {
			result.Error = err.Error()
			return result
		}
		object = typed
	} else {
		creater = plain{}
	}
	namespace := asked.Namespace
	if !asked.Resource.Namespaced {
		namespace = ""
	}
	attributes := admission.NewAttributesRecord(object, nil, asked.Resource.gvk(), namespace, asked.Object.GetName(), asked.Resource.gvr(), "", admission.Create, nil, false, &user.DefaultInfo{Name: "oracle"})
	equivalents := interfacesFor(asked).GetEquivalentResourceMapper()
	interfaces := &admission.RuntimeObjectInterfaces{ObjectCreater: creater, ObjectTyper: scheme.Scheme, ObjectDefaulter: scheme.Scheme, ObjectConvertor: scheme.Scheme, EquivalentResourceMapper: equivalents}
	matcher := generic.NewPolicyMatcher(matching.NewMatcher(listNamespaces(asked.Namespaces), absentClient(asked.Namespaces)))
	setDefaults(policy.Spec.MatchConstraints)
	matches, matchResource, matchKind, err := matcher.DefinitionMatches(attributes, interfaces, mutating.NewMutatingAdmissionPolicyAccessor(policy))
	if err != nil {
		result.Error = err.Error()
	}
	patchers, conditions, compiler, refused := compiledMutations(policy)
	result.Refused = refused
	if err != nil || !matches || refused != "" {
		return result
	}
	converter, err := converterFor(asked)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedKind: matchKind, VersionedObject: object}
	asked.Policy.Spec.ParamKind = policy.Spec.ParamKind
	informer, scope := paramsOf(asked)
	for index := range asked.Mutation.Bindings {
		binding := &asked.Mutation.Bindings[index]
		setDefaults(binding.Spec.MatchResources)
		matches, err := matcher.BindingMatches(attributes, interfaces, mutating.NewMutatingAdmissionPolicyBindingAccessor(binding))
		if err != nil {
			result.Error = err.Error()
			return result
		}
		if !matches {
			continue
		}
		params, err := generic.CollectParams(policy.Spec.ParamKind, informer, scope, binding.Spec.ParamRef, namespace)
		if err != nil {
			result.Error = err.Error()
			return result
		}
		var own *corev1.Namespace
		if namespace != "" && asked.Resource.Plural != "namespaces" {
			if own, err = matcher.GetNamespace(context.Background(), namespace); err != nil {
				result.Error = err.Error()
				return result
			}
		}
		for _, param := range params {
			ctx := compiler.CreateContext(context.Background())
			if conditions != nil {
				matched := conditions.Match(ctx, versioned, param, nil)
				if matched.Error != nil {
					result.Error = matched.Error.Error()
					return result
				}
				if !matched.Matches {
					continue
				}
			}
			result.Matched = true
			for _, patcher := range patchers {
				next, err := patcher.Patch(ctx, patch.Request{
					MatchedResource: matchResource, VersionedAttributes: versioned, ObjectInterfaces: interfaces,
					OptionalVariables: cel.OptionalVariableBindings{VersionedParams: param}, Namespace: own, TypeConverter: converter,
				}, celconfig.RuntimeCELCostBudget)
				if err != nil {
					result.Error = err.Error()
					return result
				}
				if _, ok := object.(*unstructured.Unstructured); !ok {
					if next, err = scheme.Scheme.ConvertToVersion(next, schema.GroupVersion{Group: asked.Resource.Group, Version: asked.Resource.Version}); err != nil {
						result.Error = err.Error()
						return result
					}
				}
				versioned.VersionedObject = next
			}
		}
	}
	result.Object = versioned.VersionedObject
	return result
}

// compiledMutations is compilePolicy of pkg/admission/plugin/policy/mutating/compilation.go, which is not exported.
func compiledMutations(policy *admissionv1.MutatingAdmissionPolicy) (patchers []patch.Patcher, matcher matchconditions.Matcher, compiler *cel.CompositedCompiler, refused string) {
	spec := policy.Spec
	optional := cel.OptionalVariableDeclarations{HasParams: spec.ParamKind != nil, HasAuthorizer: true}
	compiler, err := cel.NewCompositedCompiler(base())
	if err != nil {
		panic(err)
	}
	for _, variable := range spec.Variables {
		named := &validating.Variable{Name: variable.Name, Expression: variable.Expression}
		if result := compiler.CompileAndStoreVariable(named, optional, environment.StoredExpressions); result.Error != nil {
			refused = result.Error.Error()
		}
	}
	if len(spec.MatchConditions) > 0 {
		conditions := []cel.ExpressionAccessor{}
		for index := range spec.MatchConditions {
			conditions = append(conditions, (*matchconditions.MatchCondition)(&spec.MatchConditions[index]))
		}
		condition := compiler.CompileCondition(conditions, optional, environment.StoredExpressions)
		for _, err := range condition.CompilationErrors() {
			refused = err.Error()
		}
		matcher = matchconditions.NewMatcher(condition, spec.FailurePolicy, "policy", "validate", policy.Name)
	}
	optional.HasPatchTypes = true
	for _, one := range spec.Mutations {
		var evaluator cel.MutatingEvaluator
		switch {
		case one.PatchType == admissionv1.PatchTypeJSONPatch && one.JSONPatch != nil:
			evaluator = compiler.CompileMutatingEvaluator(&patch.JSONPatchCondition{Expression: one.JSONPatch.Expression}, optional, environment.StoredExpressions)
			patchers = append(patchers, patch.NewJSONPatcher(evaluator))
		case one.PatchType == admissionv1.PatchTypeApplyConfiguration && one.ApplyConfiguration != nil:
			evaluator = compiler.CompileMutatingEvaluator(&patch.ApplyConfigurationCondition{Expression: one.ApplyConfiguration.Expression}, optional, environment.StoredExpressions)
			patchers = append(patchers, patch.NewApplyConfigurationPatcher(evaluator))
		default:
			return nil, nil, compiler, fmt.Sprintf("mutation without %s", one.PatchType)
		}
		for _, err := range evaluator.CompilationErrors() {
			refused = err.Error()
		}
	}
	return patchers, matcher, compiler, refused
}

// answerTo is the answer to either kind of question.
func answerTo(asked *question) any {
	if asked.Mutation == nil {
		return ask(asked)
	}
	result := recovered(asked)
	if _, err := json.Marshal(result); err != nil {
		return mutated{Error: err.Error()}
	}
	return result
}

// recovered is what a server answers that panics: a list of Objects in a JSONPatch.
func recovered(asked *question) (result mutated) {
	defer func() {
		if panicked := recover(); panicked != nil {
			result = mutated{Matched: true, Error: fmt.Sprintf("panic: %v", panicked)}
		}
	}()
	return mutate(asked)
}
