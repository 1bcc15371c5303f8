package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	plugin "k8s.io/apiserver/pkg/admission/plugin/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
	"k8s.io/client-go/kubernetes/scheme"
)

type question struct {
	Expression string         `json:"expression"`
	Object     map[string]any `json:"object"`
	Params     map[string]any `json:"params"`
	// Typed: the object is decoded as its Go type first, as an API server does with built-in kinds.
	Typed bool `json:"typed"`
}

// Exactly one of refused, error and value is set.
type answer struct {
	Refused string         `json:"refused,omitempty"`
	Error   string         `json:"error,omitempty"`
	Value   string         `json:"value,omitempty"`
	Type    string         `json:"type,omitempty"`
	Object  map[string]any `json:"object,omitempty"`
}

var kubernetes = version.MajorMinor(1, 36)

// admission is what plugin/cel/compile.go declares for a policy with params and authorizer.
var admission = sync.OnceValue(func() *cel.Env {
	request, namespace := plugin.BuildRequestType(), plugin.BuildNamespaceType()
	extended, err := environment.MustBaseEnvSet(kubernetes).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions: []cel.EnvOption{
			cel.Variable(plugin.ObjectVarName, cel.DynType),
			cel.Variable(plugin.OldObjectVarName, cel.DynType),
			cel.Variable(plugin.ParamsVarName, cel.DynType),
			cel.Variable(plugin.NamespaceVarName, namespace.CelType()),
			cel.Variable(plugin.RequestVarName, request.CelType()),
			cel.Variable(plugin.AuthorizerVarName, library.AuthorizerType),
			cel.Variable(plugin.RequestResourceAuthorizerVarName, library.ResourceCheckType),
		},
		DeclTypes: []*apiservercel.DeclType{namespace, request},
	}, environment.StrictCostOpt)
	if err != nil {
		panic(err)
	}
	return extended.StoredExpressionsEnv()
})

func evaluate(asked question) (found answer) {
	defer func() {
		if reason := recover(); reason != nil {
			found = answer{Error: fmt.Sprint("panic: ", reason)}
		}
	}()
	if asked.Typed {
		typed, err := throughGoType(asked.Object)
		if err != nil {
			return answer{Error: err.Error()}
		}
		asked.Object = typed
		if asked.Expression == "" {
			return answer{Object: typed}
		}
	}
	ast, issues := admission().Compile(asked.Expression)
	if issues != nil {
		return answer{Refused: issues.String()}
	}
	program, err := admission().Program(ast)
	if err != nil {
		return answer{Refused: err.Error()}
	}
	value, _, err := program.Eval(map[string]any{"object": integers(asked.Object), "params": integers(asked.Params), "oldObject": nil})
	if err != nil {
		return answer{Error: err.Error(), Type: ast.OutputType().String()}
	}
	return answer{Value: format(value), Type: ast.OutputType().String()}
}

func throughGoType(object map[string]any) (map[string]any, error) {
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	typed, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(apiVersion, kind))
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, typed); err != nil {
		return nil, err
	}
	return runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
}

// integers makes whole numbers int64, as the decoder of an API server does.
func integers(value any) any {
	switch found := value.(type) {
	case float64:
		if found == math.Trunc(found) && math.Abs(found) < 1<<53 {
			return int64(found)
		}
	case []any:
		for index := range found {
			found[index] = integers(found[index])
		}
	case map[string]any:
		if found == nil {
			return nil
		}
		for key := range found {
			found[key] = integers(found[key])
		}
	}
	return value
}

// format writes a value so that values of different types differ.
func format(value ref.Val) string {
	switch found := value.(type) {
	case types.Null:
		return "null"
	case types.Bool:
		return fmt.Sprint(found.Value())
	case types.Int:
		return fmt.Sprintf("int %d", found)
	case types.Uint:
		return fmt.Sprintf("uint %d", found)
	case types.Double:
		return "double " + strconv.FormatFloat(float64(found), 'e', -1, 64)
	case types.String:
		text, _ := json.Marshal(string(found))
		return string(text)
	case types.Bytes:
		return "bytes " + hex.EncodeToString(found)
	case types.Timestamp:
		return fmt.Sprintf("timestamp %d.%09d", found.Unix(), found.Nanosecond())
	case types.Duration:
		return fmt.Sprintf("duration %d", found.Nanoseconds())
	case *types.Type:
		return "type " + found.TypeName()
	case *types.Optional:
		if !found.HasValue() {
			return "none"
		}
		return "some " + format(found.GetValue())
	case traits.Lister:
		items := []string{}
		for iterator := found.Iterator(); iterator.HasNext() == types.True; {
			items = append(items, format(iterator.Next()))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case traits.Mapper:
		items := []string{}
		for iterator := found.Iterator(); iterator.HasNext() == types.True; {
			key := iterator.Next()
			items = append(items, format(key)+": "+format(found.Get(key)))
		}
		sort.Strings(items)
		return "{" + strings.Join(items, ", ") + "}"
	default:
		return value.Type().TypeName() + " " + fmt.Sprint(value.Value())
	}
}
