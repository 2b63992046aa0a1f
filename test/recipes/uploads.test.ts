import { Blob as PageBlob } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import { authErrorOf } from '../../src/index.ts';
import { openPage, recipe } from './page.ts';

type Upload = (file: Blob, onProgress: (share: number) => void, signal?: AbortSignal) => Promise<unknown>;

const openUpload = async (name: 'upload' | 'uploadStream', file: string) => {
  const arrived: string[] = [];
  const page = await openPage({
    api: {
      'PUT /api/files': async (request) => {
        arrived.push(await request.text());
        return new Response(null, { status: 201 });
      },
    },
  });
  await page.signIn('Ada');
  page.server.takeAsked();
  const upload = (await recipe<Record<string, Upload>>(file))[name] as Upload;
  return { ...page, arrived, upload };
};

/** The XMLHttpRequest of happy-dom knows its own Blob alone. */
const pageFile = new PageBlob(['all ', 'of it']) as unknown as Blob;
const file = new Blob(['all ', 'of it']);

describe('the recipe upload.ts', () => {
  it('sends a file with the token', async () => {
    const { upload, arrived, server } = await openUpload('upload', 'upload.ts');
    await upload(pageFile, () => {});
    expect(arrived).toEqual(['all of it']);
    expect(server.asked).toEqual(['PUT /api/files']);
  });

  it('sends it once more with a newer token where one is refused', async () => {
    const { upload, arrived, server } = await openUpload('upload', 'upload.ts');
    server.expireTokens();
    await upload(pageFile, () => {});
    expect(arrived).toEqual(['all of it']);
    expect(server.asked).toEqual(['PUT /api/files', 'POST /auth/refresh', 'PUT /api/files']);
  });

  it('waits for the sign-in when the session has ended, and says so if there is none', async () => {
    const { upload, endSession, held, auth, arrived } = await openUpload('upload', 'upload.ts');
    await endSession();
    const failure = upload(pageFile, () => {}).catch((error) => authErrorOf(error)?.code);
    await held(1);
    await auth.signOut();
    expect(await failure).toBe('unauthenticated');
    expect(arrived).toEqual([]);
  });

  it('is cancelled, while it waits and while it is sent', async () => {
    const { upload, server } = await openUpload('upload', 'upload.ts');
    const reason = new Error('enough');
    await expect(upload(pageFile, () => {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.asked).toEqual([]);
    const release = server.stall();
    const cancelling = new AbortController();
    const sending = upload(pageFile, () => {}, cancelling.signal);
    await expect.poll(() => server.asked).toEqual(['PUT /api/files']);
    cancelling.abort(reason);
    await expect(sending).rejects.toBe(reason);
    release();
  });
});

describe('the recipe upload-stream.ts', () => {
  it('sends a file piece by piece, with the token', async () => {
    const { upload, arrived, server } = await openUpload('uploadStream', 'upload-stream.ts');
    const shares: number[] = [];
    await upload(file, (share) => void shares.push(share));
    expect(arrived).toEqual(['all of it']);
    expect(shares.at(-1)).toBe(1);
    expect(server.asked).toEqual(['PUT /api/files']);
  });

  it('hands a 401 to the caller', async () => {
    const { upload, server } = await openUpload('uploadStream', 'upload-stream.ts');
    server.expireTokens();
    expect(await upload(file, () => {})).toMatchObject({ status: 401 });
  });
});
