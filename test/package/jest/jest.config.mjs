export default {
  testEnvironment: './jsdom-with-fetch.mjs',
  transformIgnorePatterns: ['/node_modules/(?!(jose|silent-refresh)/)'],
};
