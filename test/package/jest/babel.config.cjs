// An app has `@babel/preset-env`, of which this is the part that makes CommonJS.
module.exports = { plugins: ['@babel/plugin-transform-modules-commonjs'] };
