/** The endpoints of one kind of auth server. */
export interface Routes {
  /** Whether a request to this address may be a refresh; what is in it decides. */
  refreshPath(url: URL): boolean;
  /** `undefined`: there is no such endpoint. */
  handle(request: Request, url: URL, body: URLSearchParams): Promise<Response | undefined>;
}
