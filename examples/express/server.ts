import { createApp } from './app.ts';

const app = await createApp();
app.listen(3000, '127.0.0.1', (error) => {
  if (error) throw error;
  console.info('http://localhost:3000');
});
