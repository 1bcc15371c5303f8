// The oracle of test/oracle/apiserver.live.test.ts: what the API server answers to `kubectl create --validate=strict` of one object, by
// its own code (strict decoding, defaults, the registry's strategy of the kind, validation of metadata), without admission and storage.
// On stdin, one object of JSON a line. On stdout, for each, one line of JSON: {"accepted":true} or the errors with their fields.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"log"
	"os"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/capabilities"
)

type fault struct {
	Type   string `json:"type"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
}

type answer struct {
	Accepted bool    `json:"accepted"`
	Errors   []fault `json:"errors,omitempty"`
}

func refused(err error) answer {
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		var faults []fault
		for _, one := range strict.Errors() {
			faults = append(faults, fault{Type: "Strict", Detail: one.Error()})
		}
		return answer{Errors: faults}
	}
	var status *apierrors.StatusError
	if errors.As(err, &status) {
		if details := status.ErrStatus.Details; details != nil && len(details.Causes) > 0 {
			var faults []fault
			for _, cause := range details.Causes {
				// Not validation: whether the user may read the parameters, which asks the cluster.
				if strings.Contains(cause.Message, "resourceResolver is nil") {
					continue
				}
				faults = append(faults, fault{Type: string(cause.Type), Field: cause.Field, Detail: cause.Message})
			}
			return answer{Accepted: len(faults) == 0, Errors: faults}
		}
		return answer{Errors: []fault{{Type: string(status.ErrStatus.Reason), Detail: status.ErrStatus.Message}}}
	}
	return answer{Errors: []fault{{Type: "Decode", Detail: err.Error()}}}
}

func create(content []byte) (reply answer) {
	defer func() {
		if panicked := recover(); panicked != nil {
			reply = answer{Errors: []fault{{Type: "Panic", Detail: "the API server's code panicked"}}}
		}
	}()
	var head metav1.TypeMeta
	if err := json.Unmarshal(content, &head); err != nil {
		return answer{Errors: []fault{{Type: "Decode", Detail: err.Error()}}}
	}
	kind := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
	served, ok := lookup(kind)
	if !ok {
		return answer{Errors: []fault{{Type: "NoMatch", Detail: "no matches for kind " + kind.String()}}}
	}
	info, _ := runtime.SerializerInfoForMediaType(served.codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	hub := schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal}
	object, _, err := served.codecs.DecoderToVersion(info.StrictSerializer, hub).Decode(content, &kind, nil)
	if err != nil {
		return refused(err)
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return refused(err)
	}
	ctx := request.NewDefaultContext()
	namespace := metav1.NamespaceNone
	if served.strategy.NamespaceScoped() {
		namespace = accessor.GetNamespace()
		if namespace == "" {
			namespace = metav1.NamespaceDefault
		}
	}
	ctx = request.WithNamespace(ctx, namespace)
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: kind.Group, APIVersion: kind.Version, Namespace: namespace,
	})
	rest.WipeObjectMetaSystemFields(accessor)
	rest.FillObjectMetaSystemFields(accessor)
	if accessor.GetGenerateName() != "" && accessor.GetName() == "" {
		accessor.SetName(served.strategy.GenerateName(accessor.GetGenerateName()))
	}
	if served.before != nil {
		served.before(object)
	}
	if err := rest.BeforeCreate(served.strategy, ctx, object); err != nil {
		return refused(err)
	}
	return answer{Accepted: true}
}

// served is how a kind is decoded and created.
type served struct {
	codecs   serializer.CodecFactory
	strategy rest.RESTCreateStrategy
	before   func(runtime.Object)
}

func main() {
	klog.SetOutput(os.Stderr)
	// As every distribution starts it: --allow-privileged.
	capabilities.Setup(true, 0)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	for in.Scan() {
		if err := encoder.Encode(create(in.Bytes())); err != nil {
			log.Fatal(err)
		}
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
