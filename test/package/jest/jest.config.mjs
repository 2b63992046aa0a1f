export default {
  testEnvironment: './jsdom-with-fetch.mjs',
  transformIgnorePatterns: ['/node_modules/(?!silent-refresh/)'],
};
