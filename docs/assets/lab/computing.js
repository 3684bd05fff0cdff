/* What the page asks of a worker. */

export const FILE = "network.safetensors";

/** Where the network of a variant lies. @param {any} data of the page */
export const addressOf = ({ networks }, name) => new URL(`${networks[name].folder}/${FILE}`, document.baseURI).href;

/** A worker, started by the first question. */
export class Computing {
  #worker;
  #waiting = new Map();
  #next = 0;
  #latest = new Map(); // topic -> the question that waits while another of the topic is being answered
  #loads = new Map();

  #start() {
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data: { id, result, error } }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      error ? reject(new Error(error)) : resolve(result);
    });
    this.#worker.addEventListener("error", ({ message }) => {
      this.#waiting.forEach(({ reject }) => reject(new Error(message)));
      this.#waiting.clear();
    });
  }

  /** The answer to a task of the worker, which loads the network first where the question has its address. @returns {Promise<any>} */
  ask(task, asked) {
    if (!this.#worker) this.#start();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, task, ...asked });
    });
  }

  /** Loads a network once. @returns {Promise<{name: string}>} */
  load(name, address) {
    if (!this.#loads.has(name)) {
      const loading = this.ask("load", { name, address });
      loading.catch(() => this.#loads.delete(name)); // so that the next attempt tries again
      this.#loads.set(name, loading);
    }
    return this.#loads.get(name);
  }

  /** Answers only the newest question of a topic: `asked` is called when the one before is answered. */
  async newest(topic, task, asked, answered, failed) {
    if (this.#latest.has(topic)) return void this.#latest.set(topic, [task, asked, answered, failed]);
    this.#latest.set(topic, null);
    try {
      const result = await this.ask(task, asked());
      answered(result);
    } catch (error) {
      failed(error);
    } finally {
      const next = this.#latest.get(topic);
      this.#latest.delete(topic);
      if (next) this.newest(topic, ...next);
    }
  }
}
