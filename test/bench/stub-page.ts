/** What the client looks up in a page, for Node: it neither moves nor says anything. */
export const installStubPage = (href: string): void => {
  const nothing = { addEventListener: () => {}, removeEventListener: () => {} };
  const { origin } = new URL(href);
  Object.assign(globalThis, {
    document: { ...nothing, baseURI: href, visibilityState: 'visible', referrer: '', cookie: '' },
    location: { origin, href },
  });
  const window = { ...nothing, origin, location: globalThis.location };
  Object.assign(globalThis, { window: Object.assign(window, { parent: window }) });
};
