// The one connection: news come in, "I look at this camera" and "I have shown it" go out.

import { clock } from './dom.js';

const RETRY_MS = 1500;

export class Link {
  constructor(handlers) {
    this.handlers = handlers; // state, joints, picture(about, bitmap), status(text, lost)
    this.camera = null;
    this.socket = null;
    this.lostAt = null;
    document.addEventListener('visibilitychange', () => this.followTab());
    this.followTab();
  }

  // A tab that nobody sees costs nothing: its connection is closed.
  followTab() {
    if (document.hidden) {
      this.socket?.close();
      this.socket = null;
    } else if (!this.socket) {
      this.open();
    }
  }

  open() {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/live`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.lostAt = null;
      this.handlers.status('live', false);
      this.look(this.camera);
    };
    socket.onmessage = async ({ data }) => {
      if (typeof data === 'string') {
        const news = JSON.parse(data);
        this.handlers[news.kind]?.(news);
        return;
      }
      const shown = await this.unpack(data);
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ shown }));
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.lostAt ??= Date.now();
      this.handlers.status(`no connection since ${clock(this.lostAt / 1000)}`, true);
      setTimeout(() => this.followTab(), RETRY_MS);
    };
    this.socket = socket;
  }

  look(camera) {
    this.camera = camera;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ camera }));
  }

  // Four bytes of length, JSON, JPEG: as PictureFeed packs it.
  async unpack(buffer) {
    const length = new DataView(buffer).getUint32(0);
    const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(buffer, 4 + length)], { type: 'image/jpeg' }));
    this.handlers.picture(about, bitmap);
    bitmap.close();
    return about.number;
  }
}
