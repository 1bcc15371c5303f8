class K8sGate < Formula
  desc "Decides whether a change to Kubernetes manifests may merge"
  homepage "https://github.com/org/k8s-gate"
  url "https://github.com/org/k8s-gate/releases/download/v@VERSION@/k8s-gate-@VERSION@.tgz"
  sha256 "@SHA256@"
  license "Apache-2.0"

  depends_on "git"
  depends_on "node"

  def install
    libexec.install Dir["*"]
    bin.install_symlink libexec/"dist/cli/index.js" => "k8s-gate"
  end

  test do
    assert_equal version.to_s, shell_output("#{bin}/k8s-gate --version").strip
    (testpath/"pod.yaml").write "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n"
    system bin/"k8s-gate", "check", "--engines", "cel"
  end
end
