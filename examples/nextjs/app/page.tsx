import { SignedIn } from 'silent-refresh/react';
import { currentUser } from '@/lib/current-user';
import { Account } from './account';
import { RenderedFor } from './rendered-for';
import { SignInForm } from './sign-in-form';

export default async function Page() {
  const user = await currentUser();
  return (
    <SignedIn loading={<p>One moment…</p>} fallback={<SignInForm />}>
      <RenderedFor userId={user?.id}>
        <h1>Hello, {user?.name}</h1>
        <Account />
      </RenderedFor>
    </SignedIn>
  );
}
