import { parseArgs } from 'node:util';
import { exportSigningKeys, generateSigningKeys, type KeyAlgorithm } from '../server/index.ts';
import { type Command, UsageError } from './command.ts';

const ALGORITHMS: readonly string[] = ['ES256', 'Ed25519', 'RS256', 'HS256'];
const SECRET_BYTES = 32;
const USAGE = `Usage: npx silent-refresh keygen [--alg ${ALGORITHMS.join('|')}]

Prints new signing keys and a refresh secret for createAuthority(), as lines for an .env file:

  npx silent-refresh keygen >> .env

  --alg <algorithm>   of the signing key, default ES256`;

/** `npx silent-refresh keygen`: prints new secrets for an authority. */
export const keygen: Command = {
  name: 'keygen',
  summary: 'prints new signing keys and a refresh secret, as lines for an .env file',
  async run(args, terminal) {
    if (args.includes('--help')) {
      terminal.write(USAGE);
      return 0;
    }
    const alg = algorithmIn(args);
    const keys = await exportSigningKeys(await generateSigningKeys({ alg, extractable: true }));
    const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url');
    terminal.write(`# Secrets of silent-refresh (${alg}): the same in all processes, and never in version control.
#   keys: importSigningKeys(process.env.SIGNING_KEYS)
#   refreshSecret: Buffer.from(process.env.REFRESH_SECRET, 'base64url')
SIGNING_KEYS=${keys}
REFRESH_SECRET=${secret}`);
    return 0;
  },
};

function algorithmIn(args: readonly string[]): KeyAlgorithm {
  const { alg } = valuesIn(args);
  if (ALGORITHMS.includes(alg)) return alg as KeyAlgorithm;
  throw new UsageError(`--alg must be one of ${ALGORITHMS.join(', ')}.`);
}

function valuesIn(args: readonly string[]): { alg: string } {
  try {
    return parseArgs({ args: [...args], options: { alg: { type: 'string', default: 'ES256' } } }).values;
  } catch {
    throw new UsageError('The only option is --alg, with an algorithm.');
  }
}
