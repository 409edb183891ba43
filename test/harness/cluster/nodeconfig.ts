/** What a node's programs are told. Only what differs from their defaults, and why. */

/** The process that holds a pod's namespaces. */
export const PAUSE_IMAGE = 'localhost/pause:1';

/** Lowering one's own chance to be killed for memory takes a capability that a container, as in CI, may lack. */
export const CONTAINERD_CONFIG = `
version = 2
oom_score = 0
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
`;

export const KUBELET_CONFIG = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  // The outer machine may have cgroup v1, and the node sees its controllers, not those of the machine's systemd.
  failCgroupV1: false,
  cgroupDriver: 'cgroupfs',
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  // Nobody is in the node's network but this cluster.
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  oomScoreAdj: 0,
  maxOpenFiles: 20_000,
  // There is no DNS.
  resolvConf: '',
  failSwapOn: false,
  // The disk that looks full is the outer machine's.
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  evictionHard: { 'memory.available': '100Mi' },
};

/** For CNI: each pod gets an address of the node's range on a bridge. `pods` is that range. */
export function networkConfig(pods: string): object {
  return {
    cniVersion: '0.4.0',
    name: 'node',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: false,
        ipam: { type: 'host-local', ranges: [[{ subnet: pods }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
    ],
  };
}
