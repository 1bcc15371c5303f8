// The oracle of test/oracle/argo.live.test.ts: what Argo CD's own code renders for an Application or an ApplicationSet.
// On stdin, one line of JSON for each: the folder of the repository (which kustomize edits) and the object. On stdout, one line of JSON for
// each: the rendered objects, and the error where there was one. helm and kustomize have to be on the PATH.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/git"
	utilio "github.com/argoproj/argo-cd/v3/util/io"
	"github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

type request struct {
	Root   string          `json:"root"`
	Object json.RawMessage `json:"object"`
}

type answer struct {
	Applications []string          `json:"applications"`
	Objects      []json.RawMessage `json:"objects"`
	Error        string            `json:"error,omitempty"`
}

// The repository of the request, in place of a repo server.
type folder struct{ root string }

func (f folder) git(args ...string) ([]string, error) {
	out, err := exec.Command("git", append([]string{"-C", f.root}, args...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("git %v: %w", args, err)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 }), nil
}

func (f folder) GetFiles(_ context.Context, _, _, _, pattern string, _, _ bool) (map[string][]byte, error) {
	names, err := f.git("ls-files", "--full-name", "-z", "--", pattern)
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	for _, name := range names {
		if found[name], err = os.ReadFile(filepath.Join(f.root, name)); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (f folder) GetDirectories(_ context.Context, _, _, _ string, _, _ bool) ([]string, error) {
	var found []string
	err := filepath.WalkDir(f.root, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(f.root, name)
		if err != nil || relative == "." {
			return err
		}
		if strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		found = append(found, relative)
		return nil
	})
	return found, err
}

// The cluster, in which every project exists and allows everything.
type cluster struct{ client.Client }

func (cluster) Get(context.Context, client.ObjectKey, client.Object, ...client.GetOption) error { return nil }

func applicationsOf(r request) ([]v1alpha1.Application, error) {
	var kind struct{ Kind string }
	if err := json.Unmarshal(r.Object, &kind); err != nil {
		return nil, err
	}
	if kind.Kind == "Application" {
		var one v1alpha1.Application
		err := json.Unmarshal(r.Object, &one)
		return []v1alpha1.Application{one}, err
	}
	var set v1alpha1.ApplicationSet
	if err := json.Unmarshal(r.Object, &set); err != nil {
		return nil, err
	}
	inner := map[string]generators.Generator{
		"List": generators.NewListGenerator(),
		"Git":  generators.NewGitGenerator(folder{r.Root}, "argocd"),
	}
	nested := map[string]generators.Generator{"Matrix": generators.NewMatrixGenerator(inner), "Merge": generators.NewMergeGenerator(inner)}
	for name, generator := range inner {
		nested[name] = generator
	}
	all := map[string]generators.Generator{"Matrix": generators.NewMatrixGenerator(nested), "Merge": generators.NewMergeGenerator(nested)}
	for name, generator := range inner {
		all[name] = generator
	}
	made, _, err := template.GenerateApplications(logrus.NewEntry(logrus.StandardLogger()), set, all, &utils.Render{}, cluster{})
	return made, err
}

func render(root string, app v1alpha1.Application) ([]json.RawMessage, error) {
	// Each on a copy of its own: kustomize edits it.
	work, err := os.MkdirTemp("", "argo-oracle-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	if out, err := exec.Command("cp", "-R", root+"/.", work).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s", out)
	}
	refs := map[string]*v1alpha1.RefTarget{}
	paths := utilio.NewRandomizedTempPaths(os.TempDir())
	sources := app.Spec.GetSources()
	for _, source := range sources {
		paths.Add(git.NormalizeGitURL(source.RepoURL), work)
		if source.Ref != "" {
			refs["$"+source.Ref] = &v1alpha1.RefTarget{Repo: v1alpha1.Repository{Repo: source.RepoURL}}
		}
	}
	var found []json.RawMessage
	for _, source := range sources {
		if source.Ref != "" && source.Path == "" && source.Chart == "" {
			continue
		}
		q := &apiclient.ManifestRequest{
			Repo:               &v1alpha1.Repository{Repo: source.RepoURL},
			AppName:            app.Name,
			Namespace:          app.Spec.Destination.Namespace,
			ApplicationSource:  source.DeepCopy(),
			ProjectName:        app.Spec.Project,
			KubeVersion:        "1.34.0",
			RefSources:         refs,
			HasMultipleSources: len(sources) > 1,
		}
		path := filepath.Join(work, source.Path)
		zeros := strings.Repeat("0", 40)
		made, err := repository.GenerateManifests(context.Background(), path, work, zeros, q, true, git.NoopCredsStore{}, resource.MustParse("0"), paths)
		if err != nil {
			return nil, fmt.Errorf("%s", strings.ReplaceAll(err.Error(), work, "."))
		}
		for _, manifest := range made.Manifests {
			found = append(found, json.RawMessage(manifest))
		}
	}
	return found, nil
}

func respond(line []byte) answer {
	found := answer{Applications: []string{}, Objects: []json.RawMessage{}}
	var r request
	err := json.Unmarshal(line, &r)
	if err == nil {
		var apps []v1alpha1.Application
		if apps, err = applicationsOf(r); err == nil {
			for _, app := range apps {
				found.Applications = append(found.Applications, app.Name)
				var objects []json.RawMessage
				if objects, err = render(r.Root, app); err != nil {
					break
				}
				found.Objects = append(found.Objects, objects...)
			}
		}
	}
	if err != nil {
		found.Error = err.Error()
	}
	return found
}

func main() {
	logrus.SetOutput(io.Discard)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	encoder := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := encoder.Encode(respond(lines.Bytes())); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
