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
//
// How a patch merges: [key,key] a list whose items are told apart by keys, [~] a list that is a set, [] one that is replaced; {!} a map that is
// replaced, and a field named @atomic in a struct that is. key=value is the default of a key.
func kinds() any {
	if err := apiextensions.AddToScheme(scheme.Scheme); err != nil {
		panic(err)
	}
	table := &table{numbers: map[reflect.Type]int{}, definitions: definitions()}
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
	numbers     map[reflect.Type]int
	written     []string
	definitions map[string]described
}

type described struct {
	Required   []string
	MapType    string `json:"x-kubernetes-map-type"`
	Properties map[string]struct {
		MapType  string   `json:"x-kubernetes-map-type"`
		ListType string   `json:"x-kubernetes-list-type"`
		ListKeys []string `json:"x-kubernetes-list-map-keys"`
		Items    struct {
			Ref string `json:"$ref"`
		}
	}
}

// definitions reads the OpenAPI document of the same release, whose path is the second argument.
func definitions() map[string]described {
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	document := struct{ Definitions map[string]described }{}
	if err := json.Unmarshal(text, &document); err != nil {
		panic(err)
	}
	return document.Definitions
}

// keys writes those that an item may omit with their default, which the document has not.
func (t *table) keys(keys []string, item string) string {
	written := []string{}
	for _, key := range keys {
		if !slices.Contains(t.definitions[item[strings.LastIndex(item, "/")+1:]].Required, key) {
			key += map[string]string{"protocol": "=TCP"}[key]
		}
		written = append(written, key)
	}
	return strings.Join(written, ",")
}

// merged puts into the shape of a field how a patch merges it.
func (t *table) merged(shape, owner, name string) string {
	property := t.definitions[owner].Properties[name]
	if property.ListType == "map" {
		return strings.Replace(shape, "[]", "["+t.keys(property.ListKeys, property.Items.Ref)+"]", 1)
	}
	if property.ListType == "set" {
		return strings.Replace(shape, "[]", "[~]", 1)
	}
	if property.MapType == "atomic" {
		return strings.Replace(shape, "{}", "{!}", 1)
	}
	return shape
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
	fields := t.fields(structure, definition(structure))
	if t.definitions[definition(structure)].MapType == "atomic" {
		fields = append(fields, "@atomic")
	}
	t.written[number] = strings.Join(fields, " ")
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
		written := name + "=" + t.merged(t.shape(field.Type), owner, name)
		if strings.Contains(options, "omitzero") {
			written += "!"
		} else if strings.Contains(options, "omitempty") {
			written += "?"
		} else if slices.Contains(t.definitions[owner].Required, name) {
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
