import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let made: { readonly key: Buffer; readonly cert: Buffer } | undefined;

/** A self-signed certificate for this machine's names, made anew in each run. */
export const certificate = () => {
  made ??= make();
  return made;
};

const make = () => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-'));
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  try {
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = 'subjectAltName=DNS:localhost,DNS:*.demo.test,IP:127.0.0.1';
    const subject = ['-subj', '/CN=localhost', '-addext', names];
    execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
