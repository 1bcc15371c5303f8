// The oracle of test/agreement: what an API server answers to the creation of an object under ValidatingAdmissionPolicies, by its own code.
// On stdin one JSON document per question (see question); on stdout one line of JSON for each (see answer).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/client-go/kubernetes/scheme"
)

// resource is a row of the API server's discovery.
type resource struct {
	Group      string `json:"group"`
	Version    string `json:"version"`
	Kind       string `json:"kind"`
	Plural     string `json:"plural"`
	Namespaced bool   `json:"namespaced"`
}

type question struct {
	Policy   admissionv1.ValidatingAdmissionPolicy          `json:"policy"`
	Bindings []admissionv1.ValidatingAdmissionPolicyBinding `json:"bindings"`
	// What the cluster holds.
	Params     []*unstructured.Unstructured `json:"params"`
	Namespaces []corev1.Namespace           `json:"namespaces"`
	Served     []resource                   `json:"served"`
	// What is created, and where.
	Object    *unstructured.Unstructured `json:"object"`
	Resource  resource                   `json:"resource"`
	Namespace string                     `json:"namespace"`
	// Decode a built-in kind into its Go type first, as an API server does.
	Typed bool `json:"typed"`
	// Asks what a MutatingAdmissionPolicy makes of the object instead (see mutated).
	Mutation *mutation `json:"mutation"`
}

type decision struct {
	Evaluation string `json:"evaluation"`
	Message    string `json:"message"`
}

type bound struct {
	Binding string `json:"binding"`
	Matched bool   `json:"matched"`
	// A configuration error: the request is denied, unless failurePolicy is Ignore.
	Error string `json:"error,omitempty"`
	// One list for each parameter object.
	Decisions [][]decision `json:"decisions"`
}

type answer struct {
	Matched bool   `json:"matched"`
	Error   string `json:"error,omitempty"`
	// An expression does not compile: the policy could not be created.
	Refused  string  `json:"refused,omitempty"`
	Bindings []bound `json:"bindings"`
}

func (r resource) gvr() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: r.Group, Version: r.Version, Resource: r.Plural}
}

func (r resource) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: r.Group, Version: r.Version, Kind: r.Kind}
}

// typed is the object in its Go type, which an API server decodes it into.
func (asked *question) typed() (runtime.Object, error) {
	typed, err := scheme.Scheme.New(asked.Resource.gvk())
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(asked.Object.Object, typed)
	}
	if err != nil {
		return nil, fmt.Errorf("decoding: %w", err)
	}
	typed.GetObjectKind().SetGroupVersionKind(asked.Resource.gvk())
	return typed, nil
}

func ask(asked *question) (result answer) {
	result.Bindings = []bound{}
	var object runtime.Object = asked.Object
	if asked.Typed && scheme.Scheme.Recognizes(asked.Resource.gvk()) {
		typed, err := asked.typed()
		if err != nil {
			result.Error = err.Error()
			return result
		}
		object = typed
	}
	namespace := asked.Namespace
	if !asked.Resource.Namespaced {
		namespace = ""
	}
	// The request about a Namespace has its own name as namespace.
	if asked.Resource.gvr() == (schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}) {
		namespace = asked.Object.GetName()
	}
	validator, refused := compiled(&asked.Policy)
	result.Refused = refused
	attributes := admission.NewAttributesRecord(object, nil, asked.Resource.gvk(), namespace, asked.Object.GetName(), asked.Resource.gvr(), "", admission.Create, nil, false, &user.DefaultInfo{Name: "oracle"})
	interfaces := interfacesFor(asked)
	namespaces := listNamespaces(asked.Namespaces)
	matcher := generic.NewPolicyMatcher(matching.NewMatcher(namespaces, absentClient(asked.Namespaces)))
	setDefaults(asked.Policy.Spec.MatchConstraints)
	matches, matchResource, matchKind, err := matcher.DefinitionMatches(attributes, interfaces, validating.NewValidatingAdmissionPolicyAccessor(&asked.Policy))
	if err != nil {
		result.Error = err.Error()
	}
	if err != nil || !matches {
		return result
	}
	result.Matched = true
	informer, scope := paramsOf(asked)
	for index := range asked.Bindings {
		binding := &asked.Bindings[index]
		setDefaults(binding.Spec.MatchResources)
		result.Bindings = append(result.Bindings, func() (found bound) {
			found = bound{Binding: binding.Name, Decisions: [][]decision{}}
			matches, err := matcher.BindingMatches(attributes, interfaces, validating.NewValidatingAdmissionPolicyBindingAccessor(binding))
			if err != nil {
				found.Error = err.Error()
			}
			if err != nil || !matches {
				return found
			}
			found.Matched = true
			params, err := generic.CollectParams(asked.Policy.Spec.ParamKind, informer, scope, binding.Spec.ParamRef, namespace)
			if err != nil {
				found.Error = err.Error()
				return found
			}
			versioned, err := admission.NewVersionedAttributes(attributes, matchKind, interfaces)
			if err != nil {
				found.Error = "conversion: " + err.Error()
				return found
			}
			var own *corev1.Namespace
			if namespace != "" && asked.Resource.Plural != "namespaces" {
				own, err = matcher.GetNamespace(context.Background(), namespace)
				if err != nil {
					found.Error = err.Error()
					return found
				}
			}
			for _, param := range params {
				verdict := validator.Validate(context.Background(), matchResource, versioned, param, own, celconfig.RuntimeCELCostBudget, nil)
				decisions := []decision{}
				for _, one := range verdict.Decisions {
					decisions = append(decisions, decision{string(one.Evaluation), one.Message})
				}
				found.Decisions = append(found.Decisions, decisions)
			}
			return found
		}())
	}
	return result
}

func main() {
	decoder := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		var asked question
		if err := decoder.Decode(&asked); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		if err := encoder.Encode(answerTo(&asked)); err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
