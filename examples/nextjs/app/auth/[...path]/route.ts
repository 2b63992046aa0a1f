import { authority } from '@/lib/authority';

/** Sign-in, refresh and sign-out. */
export const POST = (request: Request): Promise<Response> => authority.handle(request);
