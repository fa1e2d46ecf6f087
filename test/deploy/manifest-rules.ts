/** A manifest of Kubernetes, as far as our rules look into it. */
export interface Manifest {
  kind: string;
  metadata: { name: string };
  spec?: { template?: { spec: PodSpec }; jobTemplate?: unknown; [field: string]: unknown };
  data?: Record<string, string>;
}

export interface PodSpec {
  automountServiceAccountToken?: boolean;
  securityContext?: { runAsNonRoot?: boolean; seccompProfile?: { type: string } };
  containers: Container[];
  initContainers?: Container[];
}

export interface Container {
  name: string;
  image: string;
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  resources?: { limits?: { memory?: string }; requests?: { cpu?: string; memory?: string } };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[] };
  };
  livenessProbe?: unknown;
  readinessProbe?: unknown;
}

/** Variables that hold a secret, by their names; those that name a file do not. */
const SECRET = /(PASSWORD|SECRET|TOKENS?|API_KEY|_KEYS?|CREDENTIALS)$/;

/** What stands against a manifest by our own rules, which Kubernetes does not know: `Deployment/name: what is wrong`. */
export function faultsOf(manifest: Manifest): string[] {
  const pod = manifest.spec?.template?.spec;
  const where = `${manifest.kind}/${manifest.metadata.name}`;
  if (manifest.kind === 'Secret') return [`${where}: secrets come by reference`];
  if (!pod) return [];
  const runsOn = manifest.kind !== 'Job';
  return [
    ...(pod.automountServiceAccountToken === false ? [] : ["holds a token of the cluster's"]),
    ...(pod.securityContext?.runAsNonRoot === true ? [] : ['may run as root']),
    ...(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault' ? [] : ['has no seccomp profile']),
    ...[...pod.containers, ...(pod.initContainers ?? [])].flatMap((container) => containerFaults(container, runsOn)),
  ].map((fault) => `${where}: ${fault}`);
}

function containerFaults(container: Container, runsOn: boolean): string[] {
  const { name, image, env = [], resources, securityContext } = container;
  const [, tag] = /^[^@]+?(?::([\w.-]+))?(?:@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  const inClear = env.filter(({ name, value }) => SECRET.test(name) && value !== undefined);
  const rules: [boolean, string][] = [
    [tag === undefined || tag === 'latest', `its image ${image} names no version`],
    [resources?.limits?.memory === undefined, 'has no limit of memory'],
    [resources?.requests?.memory === undefined, 'asks for no memory'],
    [securityContext?.allowPrivilegeEscalation !== false, 'may raise its privileges'],
    [securityContext?.readOnlyRootFilesystem !== true, 'may write to its image'],
    [!securityContext?.capabilities?.drop?.includes('ALL'), 'keeps capabilities'],
    [runsOn && !container.livenessProbe, 'has no liveness probe'],
    [runsOn && !container.readinessProbe, 'has no readiness probe'],
    ...inClear.map((variable): [boolean, string] => [true, `has the secret ${variable.name} in clear`]),
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, fault]) => `${name} ${fault}`);
}
