import { createApp } from '../express/app.ts';
import { serve } from '../serve.ts';

await serve(await createApp(), import.meta.dirname);
