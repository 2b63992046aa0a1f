import { authority, findUser } from '@/lib/authority';

export async function GET(request: Request): Promise<Response> {
  const claims = await authority.guard(request);
  return claims instanceof Response ? claims : Response.json(findUser(claims.sub));
}
