explain - <<T
tlbsim: 1
machine: ivybridge-ep
events:
  - map_page: {domain: 0, at: 0xffff880000000000.., frame: 0..0x1f}
  - read: {cpu: 0, at: 0xffff880000000000, count: 36, stride: 4096}
  - write: {cpu: 0, at: 0xffff880000000000, count: 20}
T
