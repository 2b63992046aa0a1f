export default {
  testEnvironment: './jsdom-with-fetch.mjs',
  transform: {},
};
