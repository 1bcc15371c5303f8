package main

import (
	"sort"

	"github.com/google/cel-go/cel"
	plugin "k8s.io/apiserver/pkg/admission/plugin/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
)

type overload struct {
	ID        string   `json:"id"`
	Member    bool     `json:"member,omitempty"`
	Arguments []string `json:"arguments"`
	Result    string   `json:"result"`
}

type macro struct {
	Name      string `json:"name"`
	Member    bool   `json:"member,omitempty"`
	Arguments int    `json:"arguments"`
}

func declarations() any {
	functions := map[string][]overload{}
	for name, function := range admission().Functions() {
		for _, one := range function.OverloadDecls() {
			arguments := []string{}
			for _, argument := range one.ArgTypes() {
				arguments = append(arguments, nameOf(argument))
			}
			functions[name] = append(functions[name], overload{one.ID(), one.IsMemberFunction(), arguments, nameOf(one.ResultType())})
		}
	}
	macros := []macro{}
	for _, one := range admission().Macros() {
		macros = append(macros, macro{one.Function(), one.IsReceiverStyle(), one.ArgCount()})
	}
	sort.Slice(macros, func(i, j int) bool {
		return macros[i].Name < macros[j].Name || macros[i].Name == macros[j].Name && macros[i].Arguments < macros[j].Arguments
	})
	libraries := admission().Libraries()
	sort.Strings(libraries)
	objects := map[string]map[string]string{}
	for _, one := range []*apiservercel.DeclType{plugin.BuildRequestType(), plugin.BuildNamespaceType()} {
		addObject(objects, one)
	}
	return map[string]any{
		"apiserver": versionOf("k8s.io/apiserver"), "cel": versionOf("github.com/google/cel-go"),
		"libraries": libraries, "functions": functions, "macros": macros, "objects": objects,
	}
}

func addObject(objects map[string]map[string]string, declared *apiservercel.DeclType) {
	if !declared.IsObject() {
		if declared.ElemType != nil {
			addObject(objects, declared.ElemType)
		}
		return
	}
	fields := map[string]string{}
	objects[declared.TypeName()] = fields
	for name, field := range declared.Fields {
		fields[name] = nameOf(field.Type.CelType())
		addObject(objects, field.Type)
	}
}

// nameOf writes a type with its parameters: `map(string, <V>)`.
func nameOf(declared *cel.Type) string {
	return declared.String()
}
