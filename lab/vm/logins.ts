import { Connection, type Login } from "./connection";

/** Keeps one connection for each host and user that was spoken to. */
export class Logins {
  readonly #login: (host: string, user: string) => Login;
  readonly #kept = new Map<string, Promise<Connection>>();

  /** @param login says where a host's sshd is and which key it has. */
  constructor(login: (host: string, user: string) => Login) {
    this.#login = login;
  }

  /** A connection that is open, as far as known. */
  async to(host: string, user: string): Promise<Connection> {
    const id = `${user}@${host}`;
    for (;;) {
      const opening = this.#kept.get(id) ?? this.#open(id, host, user);
      const connection = await opening;
      if (connection.isOpen) return connection;
      if (this.#kept.get(id) === opening) this.#kept.delete(id);
    }
  }

  #open(id: string, host: string, user: string): Promise<Connection> {
    const opening = Connection.open(this.#login(host, user));
    this.#kept.set(id, opening);
    opening.catch(() => {
      if (this.#kept.get(id) === opening) this.#kept.delete(id);
    });
    return opening;
  }

  /** Ends the connections to a host, which may be dead ones. */
  forget(host: string): void {
    for (const [id, opening] of this.#kept) {
      if (id.endsWith(`@${host}`)) this.#drop(id, opening);
    }
  }

  /** Ends all connections. */
  close(): void {
    for (const [id, opening] of this.#kept) this.#drop(id, opening);
  }

  #drop(id: string, opening: Promise<Connection>): void {
    this.#kept.delete(id);
    opening.then(
      (connection) => {
        connection.close();
      },
      () => undefined,
    );
  }
}
