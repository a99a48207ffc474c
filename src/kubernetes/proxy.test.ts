import { describe, expect, it } from 'vitest'
import { proxyFromEnvironment } from './proxy.ts'

const proxy = 'http://proxy.corp:3128'

function choose(server: string, environment: Record<string, string>): string | undefined {
  return proxyFromEnvironment(new URL(server), environment)
}

describe('proxyFromEnvironment', () => {
  it.each([
    ['no variable', 'https://k8s.corp', {}, undefined],
    ['an empty variable', 'https://k8s.corp', { HTTPS_PROXY: '' }, undefined],
    ['HTTPS_PROXY for https', 'https://k8s.corp', { HTTPS_PROXY: proxy }, proxy],
    ['lower case', 'https://k8s.corp', { https_proxy: proxy }, proxy],
    ['no scheme', 'https://k8s.corp', { HTTPS_PROXY: 'proxy.corp:3128' }, proxy],
    ['HTTP_PROXY does not serve https', 'https://k8s.corp', { HTTP_PROXY: proxy }, undefined],
    ['HTTP_PROXY for http', 'http://k8s.corp', { HTTP_PROXY: proxy }, proxy],
    ['never for localhost', 'https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
    ['never for loopback', 'https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined],
    ['never for IPv6 loopback', 'https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
  ])('%s', (_, server, environment, expected) => {
    expect(choose(server, environment as unknown as Record<string, string>)).toBe(expected)
  })

  it.each([
    ['the name itself', 'k8s.corp', 'https://k8s.corp', true],
    ['a subdomain', 'corp', 'https://k8s.corp', true],
    ['a leading dot: subdomains', '.corp', 'https://k8s.corp', true],
    ['a leading dot: not the name itself', '.k8s.corp', 'https://k8s.corp', false],
    ['a wildcard', '*.corp', 'https://k8s.corp', true],
    ['only the end of a label', '8s.corp', 'https://k8s.corp', false],
    ['everything', 'a, *', 'https://k8s.corp', true],
    ['the port given', 'k8s.corp:6443', 'https://k8s.corp:6443', true],
    ['another port', 'k8s.corp:6443', 'https://k8s.corp', false],
    ['the address', '10.96.0.1', 'https://10.96.0.1', true],
    ['a range', 'example.com,10.0.0.0/8', 'https://10.96.0.1', true],
    ['another range', '192.168.0.0/16', 'https://10.96.0.1', false],
    ['a range that is none', '10.0.0.0/99', 'https://10.96.0.1', false],
    ['an IPv6 range', 'fd00::/8', 'https://[fd00::1]:6443', true],
    ['an IPv6 address', 'fd00::1', 'https://[fd00::1]:6443', true],
    ['a bracketed IPv6 address with port', '[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['no partial address', '10.96.0', 'https://10.96.0.1', false],
  ])('NO_PROXY with %s (%s)', (_, noProxy, server, direct) => {
    expect(choose(server, { HTTPS_PROXY: proxy, NO_PROXY: noProxy })).toBe(direct ? undefined : proxy)
  })
})
