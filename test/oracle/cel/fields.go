package main

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// types writes each struct as its fields, separated by spaces: the name, `=`, the type, and `?` for omitempty, `!` for
// omitzero or `+` for neither where the API server requires it.
//
//	s string   n number   b bool   y bytes   q quantity   i d x written by a method: 0, "0s" or null if it is empty
//	* pointer   [] list   {} map   # and a number: a struct
func kinds() any {
	if err := apiextensions.AddToScheme(scheme.Scheme); err != nil {
		panic(err)
	}
	table := &table{numbers: map[reflect.Type]int{}, required: required()}
	numbers := map[string]int{}
	known := scheme.Scheme.AllKnownTypes()
	names := []string{}
	byName := map[string]reflect.Type{}
	for kind, found := range known {
		metadata, ok := found.FieldByName("ObjectMeta")
		if !ok || metadata.Type != reflect.TypeFor[metav1.ObjectMeta]() || kind.Version == "__internal" {
			continue
		}
		apiVersion, name := kind.ToAPIVersionAndKind()
		names = append(names, apiVersion+" "+name)
		byName[apiVersion+" "+name] = found
	}
	sort.Strings(names)
	for _, name := range names {
		numbers[name] = table.number(byName[name])
	}
	return map[string]any{"version": versionOf("k8s.io/api"), "kinds": numbers, "types": table.written}
}

type table struct {
	numbers  map[reflect.Type]int
	written  []string
	required map[string][]string
}

// required reads which fields must be given from the OpenAPI document of the same release, whose path is the second argument.
func required() map[string][]string {
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	document := struct {
		Definitions map[string]struct{ Required []string }
	}{}
	if err := json.Unmarshal(text, &document); err != nil {
		panic(err)
	}
	found := map[string][]string{}
	for name, definition := range document.Definitions {
		found[name] = definition.Required
	}
	return found
}

// definition names a Go type as the document does: io.k8s.api.core.v1.Pod.
func definition(of reflect.Type) string {
	return strings.ReplaceAll(strings.Replace(of.PkgPath(), "k8s.io/", "io.k8s.", 1), "/", ".") + "." + of.Name()
}

func (t *table) number(structure reflect.Type) int {
	if known, ok := t.numbers[structure]; ok {
		return known
	}
	number := len(t.written)
	t.numbers[structure] = number
	t.written = append(t.written, "")
	t.written[number] = strings.Join(t.fields(structure, definition(structure)), " ")
	return number
}

// fields gives those of an embedded struct as well; the document has them with the struct that embeds it.
func (t *table) fields(structure reflect.Type, owner string) []string {
	fields := []string{}
	for index := range structure.NumField() {
		field := structure.Field(index)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if name == "" {
			if field.Anonymous || strings.Contains(options, "inline") {
				fields = append(fields, t.fields(field.Type, owner)...)
			}
			continue
		}
		written := name + "=" + t.shape(field.Type)
		if strings.Contains(options, "omitzero") {
			written += "!"
		} else if strings.Contains(options, "omitempty") {
			written += "?"
		} else if slices.Contains(t.required[owner], name) {
			written += "+"
		}
		fields = append(fields, written)
	}
	return fields
}

var marshaler = reflect.TypeFor[json.Marshaler]()

func (t *table) shape(of reflect.Type) string {
	if of == reflect.TypeFor[resource.Quantity]() {
		return "q"
	}
	if of.Implements(marshaler) || of.Kind() != reflect.Pointer && reflect.PointerTo(of).Implements(marshaler) {
		if of.Kind() == reflect.Pointer {
			return "*" + t.shape(of.Elem())
		}
		zero, err := json.Marshal(reflect.Zero(of).Interface())
		if err != nil {
			panic(err)
		}
		return map[string]string{"null": "x", "0": "i", `"0s"`: "d"}[string(zero)]
	}
	switch of.Kind() {
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return "n"
	case reflect.Pointer:
		return "*" + t.shape(of.Elem())
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "[]" + t.shape(of.Elem())
	case reflect.Map:
		return "{}" + t.shape(of.Elem())
	case reflect.Struct:
		return "#" + strconv.Itoa(t.number(of))
	default:
		return "x"
	}
}
