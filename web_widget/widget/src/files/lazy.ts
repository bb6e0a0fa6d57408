import type { Files, OutgoingFile } from "@chatserver/shared";
import type { Person } from "../identity.ts";
import type { Courier } from "./courier.ts";

/** Files of one person; how they are kept and sent is loaded with the first of them. */
export class LazyFiles implements Files {
  private readonly person: Person;
  private loading: Promise<Courier> | null = null;

  constructor(person: Person) {
    this.person = person;
  }

  courier(): Promise<Courier> {
    this.loading ??= import("./courier.ts").then(({ Courier: Made }) => new Made((fresh) => this.person.authorization(fresh)));
    // A chunk that the network swallowed is asked for again.
    this.loading.catch(() => (this.loading = null));
    return this.loading;
  }

  async upload(...args: Parameters<Files["upload"]>): Promise<string> {
    return (await this.courier()).upload(...args);
  }

  drop(file: OutgoingFile): void {
    void this.courier().then((courier) => courier.drop(file));
  }
}
